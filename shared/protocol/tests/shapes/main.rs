//! The JSON of every body, frame and queue message, as clients and other releases see it.
//!
//! A changed snapshot is a change of the contract: additions are fine, anything else needs a new
//! version or a transition.

mod frames;
mod queues;
mod scene;
mod service;
mod tasks;
