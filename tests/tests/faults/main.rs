//! The delivery contract of tasks, under faults, on real servers: the worker's own binary, run by a
//! stand-in for Lambda, with queues, a table and a bucket of its own for every test.
//!
//! docs/faults.md says what is proved and how.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what is not as it should be"
)]

mod calls;
mod crowds;
mod duplicates;
mod exports;
mod kills;
mod lane;
mod outages;
mod overflow;
mod pools;
mod push_side;
mod site;
