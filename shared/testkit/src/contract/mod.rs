//! What every adapter of a port must do, whatever is behind it.
//!
//! Each suite is a set of async functions that take the adapter and assert; an adapter's tests
//! call them against its real server.
