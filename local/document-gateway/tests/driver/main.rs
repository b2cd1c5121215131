//! Drives the gateway with the official MongoDB driver, in front of the PostgreSQL that
//! `DOCUMENT_ENGINE_URL` names.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, and in what only tests call, a panic is the report"
)]
#![allow(clippy::float_cmp, reason = "the expected numbers are exact in binary")]

mod aggregation;
mod concurrency;
mod crud;
mod cursors;
mod errors;
mod faults;
mod figures;
mod indexes;
mod limits;
mod process;
mod support;
mod transactions;
