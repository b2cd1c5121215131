//! Removes letters for good.

use std::collections::HashSet;

use domain::dead_letters::Letter;
use domain::ports::PortError;
use serde::Serialize;

use super::filter::Filter;
use super::triage::Triage;
use crate::table::{Look, Shown};

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Purged {
    /// Letters that are no more.
    pub purged: usize,
    /// Letters that were to be removed and were gone by then: somebody else dealt with them.
    pub gone: usize,
}

impl Shown for Purged {
    fn text(&self, _: Look) -> String {
        match self.gone {
            0 => format!("{} letters removed", self.purged),
            gone => format!("{} letters removed, {gone} were gone already", self.purged),
        }
    }
}

/// What a person has to type: nobody does that by accident.
pub fn pass_phrase(letters: usize) -> String {
    format!("purge {letters}")
}

/// Removes these letters. What has come since the person was asked stays.
pub async fn purge(triage: &Triage, letters: &[Letter], most: usize) -> Result<Purged, PortError> {
    // The person may have thought for longer than letters are held.
    triage.put_back().await;
    let meant: HashSet<_> = letters.iter().map(|letter| &letter.held.id).collect();
    let (now, _) = triage.all(&Filter::default(), most).await?;
    let mut purged = 0;
    for letter in now.iter().filter(|letter| meant.contains(&letter.held.id)) {
        triage.remove(letter).await?;
        purged += 1;
    }
    let gone = meant.len() - purged;
    Ok(Purged { purged, gone })
}
