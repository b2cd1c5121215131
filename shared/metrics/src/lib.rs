//! What is counted and measured, without a line of it in a use case.
//!
//! Everything that happens to a task goes through its store, and everything that is pushed goes
//! through the postman. So a function's `main.rs` puts a metered port around the adapter, and the
//! numbers are right whichever use case makes the change, and however many do: of writes that race
//! only the one that took effect is counted.
//!
//! | metric | unit | by | noted by |
//! |---|---|---|---|
//! | `Submitted` | count | stage, kind | [`MeteredTasks`], [`MeteredSubmissions`] |
//! | `QueueWait` | ms | stage, kind | a claim: since the task was queued, or was to start |
//! | `InFlight` | count | stage, kind | a claim: the tasks that this process has in hand, this one included |
//! | `RunTime` | ms | stage, kind | the end of an attempt, since its claim |
//! | `Completed`, `Cancelled`, `TimedOut` | count | stage, kind | the end of a task |
//! | `Spend` | USD | stage, kind | the same: what the task has used in all its attempts since it was submitted or retried, by the price list of us-east-1; the spend guard's alarm sums it |
//! | `Failed` | count | stage, kind, code | the same |
//! | `Retried` | count | stage, kind, code | an attempt that failed and will be followed by another |
//! | `Requeued` | count | stage, kind | a task that is run again after its end |
//! | `Pushed`, `PushGone`, `PushFailed` | count | stage | [`MeteredPostman`] |
//! | `Callbacks` | count | stage, outcome | [`Meter::callback`] |
//! | `CallbackTime` | ms | stage, outcome | the same: one attempt, the reading of the task included |
//! | `ConnectionsOpened`, `ConnectionsClosed` | count | stage | [`Meter::connection_opened`], [`Meter::connection_closed`] |
//! | `Frames` | count | stage, action | [`Meter::frame`]: what a client says, whatever the answer |
//! | `WebsocketRefused` | count | stage, code | [`Meter::websocket_refused`]: of handshakes and frames |
//! | `Swept` | count | stage, thing | [`Meter::swept`] |
//! | `LambdaTakes`, `TakerSwitches` | count | stage, takers | [`Meter::load_shared`]: 1 where Lambda takes tasks beside the pool or without it; changes |
//! | `PoolProcesses` | count | stage | [`Meter::pool_seen`] |
//! | `OldestWait` | ms | stage | the same: what the oldest message waits at most |
//! | `CanarySuccess` | count | stage | [`Meter::canary`]: 1 or 0 for each round trip, so that its average is the availability |
//! | `CanaryFailed` | count | stage, step | the same |
//! | `CanaryTime` | ms | stage, step | [`Meter::canary_step`] |
//! | `UsageLost` | count | stage | [`MeteredLateUsage`]: what a task used and nobody wrote down |
//! | `BatchItemFailures`, `DeadLetters` | count | stage, function | [`Meter::batch`] |
//! | `Captures`, `CapturesFailed` | count | stage, function | [`Meter::captured`]: batches whose failed records were kept, or could not be |
//!
//! Each is kept by stage alone, too. Tenants are no dimension: there are many, and every combination
//! of dimensions has a price.

mod callbacks;
mod canary;
mod late_usage;
mod meter;
mod overflow;
mod postman;
mod submissions;
mod tasks;
mod websocket;

pub use late_usage::MeteredLateUsage;
pub use meter::{InvalidStage, Meter};
pub use postman::MeteredPostman;
pub use submissions::MeteredSubmissions;
pub use tasks::MeteredTasks;
