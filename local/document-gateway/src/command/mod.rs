//! Commands: what a client asks for, and who answers it.

mod admin;
mod catalog;
mod collections;
mod cursors;
mod handshake;
mod indexes;
mod request;
mod service;
mod sessions;
mod transactions;
mod write_errors;

pub(crate) use service::{Peer, Service};
