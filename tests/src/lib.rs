//! What the end-to-end tests share: a caller of a running stack, and stand-ins for the parts of AWS
//! that run functions and take messages to them, with faults in between.
//!
//! The stack is named by the variables of `.local/stack.env`; `make test` starts one of its own and
//! exports them. Tests run in parallel against it, so each works in a tenant of its own.

// A test harness stops at the first thing that is not as it should be.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod binary;
mod caller;
mod event_source;
pub mod fault_proxy;
mod logs;
mod pool;
mod socket;
mod stack;

pub use binary::binary;
pub use caller::{Answer, Caller, without_usage};
pub use event_source::{EventSource, Polling};
pub use logs::Log;
pub use pool::Pool;
pub use socket::Socket;
pub use stack::{Stack, fresh};
