//! Commands for those who run Adology. `main.rs` reads the command line; everything else is here.

pub mod api;
pub mod broadcast;
pub mod check;
pub mod command;
pub mod deployment;
pub mod doctor;
pub mod environment;
pub mod import;
pub mod metrics;
pub mod progress;
pub mod reach;
pub mod report;
pub mod seed;
pub mod settings;
pub mod shells;
pub mod site;
pub mod size;
pub mod stack;
pub mod table;
pub mod upload;
pub mod weekly;
pub mod xml;
