//! Commands for those who run Adology. `main.rs` reads the command line; everything else is here.

pub mod api;
pub mod broadcast;
pub mod command;
pub mod connections;
pub mod cost;
pub mod deployment;
pub mod dlq;
pub mod environment;
pub mod import;
pub mod moment;
pub mod progress;
pub mod replay;
pub mod report;
pub mod seed;
pub mod settings;
pub mod table;
pub mod tasks;
pub mod upload;
