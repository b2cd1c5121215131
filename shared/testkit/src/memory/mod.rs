//! Ports kept in memory, for the use cases' unit tests.
//!
//! Every port takes a [`Faults`], by which a test makes chosen calls fail, answer late, or never
//! return. Ports of one test share one, so that it counts their calls together.

mod activity;
mod addresses;
mod aggregation;
mod audience;
mod broadcasts;
mod callbacks;
mod captures;
mod connections;
mod events;
mod faults;
mod files;
mod health;
mod heartbeats;
mod lanes;
mod letters;
mod messages;
mod model;
mod operations;
mod overflow;
mod pauses;
mod postman;
mod pusher;
mod rates;
mod reports;
mod results;
mod roll_ups;
mod rows;
mod secret;
mod series;
mod spending;
mod submissions;
mod sweep;
mod tasks;
mod texts;
mod tickets;
mod uploads;

pub use activity::MemoryActivity;
pub use addresses::MemoryAddress;
pub use aggregation::CannedRows;
pub use broadcasts::MemoryBroadcastQueue;
pub use callbacks::{MemoryCallbackQueue, MemoryRootSecrets};
pub use captures::MemoryCaptures;
pub use connections::MemoryConnections;
pub use events::MemoryEvents;
pub use faults::{Fault, Faults};
pub use files::MemoryFiles;
pub use health::MemoryHealth;
pub use heartbeats::MemoryHeartbeats;
pub use lanes::MemoryLanes;
pub use letters::{MemoryBuriedLetters, MemorySourceQueues, SentAgain};
pub use messages::{MemoryDeadLetters, MemoryDeliveries, MemoryTaskQueue, MemoryUpdateQueue};
pub use model::{ScriptedModel, Take};
pub use operations::{MemoryPostings, MemoryQueueDepths};
pub use overflow::MemoryEventSources;
pub use pauses::MemoryPauses;
pub use postman::{Behaviour, MemoryPostman, Posted};
pub use pusher::{Asked, MemoryPusherQueue};
pub use rates::MemoryRates;
pub use reports::MemoryReports;
pub use results::MemoryResults;
pub use rows::CannedSource;
pub use secret::MemorySecret;
pub use spending::MemorySpending;
pub use submissions::MemorySubmissions;
pub use tasks::MemoryTasks;
pub use tickets::MemoryTickets;
pub use uploads::MemoryUploads;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a port keeps. A test that panicked while it held the lock has failed already.
#[derive(Debug, Default)]
struct Kept<T>(Mutex<T>);

impl<T> Kept<T> {
    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
