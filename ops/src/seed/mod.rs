//! Made-up events, as they would come from a small shop: the same ones for the same seed.

pub(crate) mod random;
mod scene;
mod traffic;

pub use traffic::Traffic;

use std::sync::Arc;

use domain::Event;

use crate::import::ImportError;
use crate::import::record::Problem;
use crate::upload::{Origin, Packer};

/// Packs the events.
pub fn pack(events: impl Iterator<Item = Event>, packer: &mut Packer) -> Result<(), ImportError> {
    let file: Arc<str> = "seed".into();
    for (line, event) in (1..).zip(events) {
        let file = Arc::clone(&file);
        let event = serde_json::to_vec(&event);
        let event = event.map_err(|error| Problem::new("not_json", error.to_string()));
        packer.put(Origin { file, line }, event)?;
    }
    Ok(())
}
