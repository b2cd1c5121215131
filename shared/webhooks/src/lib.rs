#![doc = include_str!("../README.md")]

mod answer;
mod connect;
mod guard;
mod message;
mod outcome;
mod problem;
mod resolve;
mod schedule;
mod secret;
mod sender;
mod signature;
mod verify;

pub use answer::Answer;
pub use connect::public_roots;
pub use guard::{AddressKind, Guard, Network, NoException, NoNetwork, Refused, Target};
pub use message::{IdError, LONGEST_ID, MessageId, Webhook};
pub use outcome::{Attempt, GiveUp, Outcome};
pub use problem::Problem;
pub use resolve::{Resolver, SystemResolver};
pub use schedule::{JITTER_PERCENT, Schedule};
pub use secret::{Secret, SecretError};
pub use sender::{Limits, Sender};
pub use signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature_header};
pub use verify::{TOLERANCE, Verified, VerifyError, verify};
