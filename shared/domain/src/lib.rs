//! The heart of Adology: entities, state machines, rules and ports.
//!
//! Nothing here knows AWS, SQL, HTTP or the time of day: what the rules need from the outside
//! is named as a port (a small trait in [`ports`]) and implemented by adapters elsewhere.

pub mod aggregate;
pub mod broadcast;
pub mod callback;
pub mod capture;
mod causes;
pub mod connection;
pub mod dashboard;
pub mod dead_letters;
pub mod event;
pub mod export;
pub mod failure;
pub mod feed;
pub mod ids;
pub mod kind;
pub mod lanes;
pub mod ledger;
pub mod logs;
pub mod model;
pub mod operations;
pub mod overflow;
pub mod pace;
pub mod pause;
pub mod pool;
pub mod ports;
pub mod rate;
pub mod replay;
pub mod report;
pub mod root_secret;
pub mod route;
pub mod series;
pub mod server_address;
pub mod spend_notice;
pub mod submission;
pub mod task;
pub mod text;
pub mod texts;
pub mod ticket;
mod trace;
pub mod upload;

pub use broadcast::Broadcast;
pub use callback::Callback;
pub use causes::causes;
pub use connection::{Connection, Topic};
pub use cost::money::{self, Usd};
pub use cost::{Architecture, Prices, Usage};
pub use dashboard::{Dashboard, Window};
pub use event::Event;
pub use failure::{Failure, Retry};
pub use ids::{ConnectionId, Identity, LeaseToken, RequestId, Scope, TenantId, UserId};
pub use pace::Pace;
pub use pause::Pause;
pub use replay::{Replay, Resumed};
pub use report::Report;
pub use root_secret::{RootSecret, RootSecrets};
pub use server_address::{AddressPlace, ServerAddress};
pub use submission::{Fingerprint, IdempotencyKey, Submission};
pub use task::{Status, Task, TaskResult};
pub use trace::{NoTrace, Trace};
pub use upload::{UploadFormat, UploadId};
