//! Builders, a fixed clock, in-memory ports and the contract suite of each port.
//!
//! The in-memory ports serve the use cases' unit tests. They pass the same contract suites as the
//! adapters do on real servers, so a use case that works here works there.

pub mod ambient;
pub mod build;
pub mod contract;
pub mod formats;
pub mod memory;
pub mod receiver;
pub mod samples;
