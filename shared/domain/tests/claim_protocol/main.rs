//! The claim protocol in every order of events, with faults between any two steps.
//!
//! | file | what is in it |
//! |---|---|
//! | `book` | real tasks, changed by the code's own transitions and nothing else |
//! | `world`, `model` | one situation; which can follow which |
//! | `setting` | the faults that a run allows, and the defects to plant |
//! | `worker`, `user`, `queue`, `store`, `surroundings` | the steps of each that takes part |
//! | `rules` | what holds for every step |
//! | `explore`, `liveness`, `parts`, `hash` | visits all situations; what happens in the end |
//! | `proofs`, `retry`, `coverage` | the runs, and that they meet every kind of step |
//! | `defects`, `limits` | what goes wrong without one part or another |
//!
//! A run prints how many situations it visited: `cargo test -p domain --test claim_protocol --
//! --nocapture`.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test stops at what is not as it should be, and says what it visited"
)]

mod book;
mod coverage;
mod defects;
mod explore;
mod hash;
mod limits;
mod liveness;
mod model;
mod parts;
mod proofs;
mod queue;
mod retry;
mod rules;
mod setting;
mod store;
mod surroundings;
mod user;
mod worker;
mod world;
