//! The worker itself: the same on Lambda, which hands it batches, and in a pool, which polls the
//! queues.

mod handler;
mod model;
mod settings;
mod sources;
mod wire;

pub use handler::Worker;
pub use settings::Settings;
pub use sources::Sources;
pub use wire::wire;
