//! One round trip through a deployment, as a browser makes it, with the time of each step.
//!
//! | step | what |
//! |---|---|
//! | `sign_in` | user name and password to Cognito, an ID token back |
//! | `connect` | a ticket from `POST /realtime/tickets`, a WebSocket by it |
//! | `submit` | a small task by `POST /tasks` |
//! | `receive` | its end, pushed to the WebSocket |
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use probe::{Login, Probe, Target};
//!
//! let target = Target {
//!     http_url: "https://a1b2c3.execute-api.eu-central-1.amazonaws.com".into(),
//!     sign_in_url: Target::cognito("eu-central-1"),
//!     client_id: "3n4b5urk1ft4fl3mg5e62d9ado".into(),
//! };
//! let login = Login { username: "canary".into(), password: std::env::var("PASSWORD")? };
//! let trip = Probe::new(target)?.round_trip(&login).await;
//! for (step, time) in &trip.steps {
//!     println!("{step}: {} ms", time.as_millis());
//! }
//! if let Some(failed) = trip.failed {
//!     println!("{} failed: {}", failed.step, failed.cause);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The task stays behind as every task does; the user has a tenant of its own for that.
//!
//! [`Dialer`] opens a WebSocket alone, for those who want to hear more.

mod api;
mod error;
mod round_trip;
mod socket;
mod target;

pub use error::{NotBuilt, ProbeError};
pub use round_trip::{Failed, Probe, RoundTrip, Step};
pub use socket::{Dialer, Socket};
pub use target::{Login, Target};
