//! `PostgreSQL` and `MongoDB` adapters.
//!
//! Each store is made once, during a function's start, and connects when it is first asked
//! something. What the servers need beforehand (tables, indexes) is made by the `migrate` program.

mod connect_error;
pub mod mongo;
pub mod postgres;

pub use connect_error::ConnectError;
