//! Journeys through a running stack, from the outside: HTTP in, frames out.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a test are small"
)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what is not as it should be"
)]

mod analyze;
mod broadcast;
mod callbacks;
mod canary;
mod control;
mod dashboard;
mod delivery;
mod export;
mod external;
mod fairness;
mod floods;
mod import;
mod logs;
mod operators;
mod ops;
mod pauses;
mod realtime;
mod refusals;
mod reports;
mod resume;
mod storms;
mod submission;
mod subprotocol;
mod subscriptions;
mod sweep;
mod tail;
mod tasks;
mod tenants;
mod timeseries;
mod trace;
mod traffic;
mod uploads;
mod usage;
