//! The activity store on a real `PostgreSQL`, named by `DATABASE_URL`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod activity;
mod encryption;
mod renewal;
mod resilience;
mod server;
