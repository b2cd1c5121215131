//! Wire types only: HTTP bodies, WebSocket frames, queue messages.
//!
//! This crate depends on nothing of ours, so a change here is a change that clients can see.

pub mod frames;
pub mod http;
pub mod problem;
pub mod queue;
pub mod task;
pub mod webhook;
