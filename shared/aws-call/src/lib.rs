//! Signed calls of AWS services that are asked too seldom to be worth an SDK crate each.
//!
//! An SDK crate of a large service takes minutes to compile; what a control plane is asked here is one
//! small JSON document now and then. [`Caller`] signs it (Signature Version 4) and sends it. The request
//! and the answer are JSON values in the service's own words, as its API reference shows them.
//!
//! Nothing is tried again: [`CallError::is_transient`] tells whether that can help.

mod caller;
mod error;
mod service;
mod sign;

pub use caller::{Caller, NotConfigured};
pub use error::CallError;
pub use service::Service;
