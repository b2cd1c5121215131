//! Every adapter against a local AWS: the contract of its port, and what only this adapter has.
//!
//! Needs `AWS_ENDPOINT_URL`, and refuses to run without it. Tables, queues and buckets are made
//! for one test and deleted with it, also when it fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod addresses;
mod bedrock;
mod captures;
mod clock;
mod connections;
mod event_sources;
mod files;
mod gateway;
mod heartbeats;
mod idempotency;
mod lanes;
mod operations;
mod pauses;
mod place;
mod polling;
mod queues;
mod results;
mod secrets;
mod submissions;
mod sweep;
mod tasks;
mod tickets;
mod uploads;
mod usage;
