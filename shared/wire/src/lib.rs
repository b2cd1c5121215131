//! Conversions between the domain and the wire types, and nothing else.
//!
//! Adapters that write queue messages and functions that read them share this crate, so both
//! directions of a format live side by side and are tested against each other.

pub mod broadcast;
pub mod frame;
pub mod notify;
pub mod operations;
pub mod queue;
pub mod report;
pub mod series;
pub mod task;
pub mod usage;
pub mod webhook;

mod part;
