//! Which updates of a batch to push, and in which order.

use std::collections::BTreeMap;

use domain::ports::Announcement;
use domain::task::{Phase, Update};
use domain::{RequestId, TenantId};

/// The places of the updates to push: those of one task in the order of their versions, without
/// repetitions, and without progress that a newer version in the batch has overtaken.
pub(super) fn in_order(announcements: &[Announcement]) -> Vec<usize> {
    let mut tasks: BTreeMap<(RequestId, &TenantId), BTreeMap<u64, usize>> = BTreeMap::new();
    for (index, announcement) in announcements.iter().enumerate() {
        tasks
            .entry((announcement.request_id, &announcement.tenant))
            .or_default()
            .entry(announcement.update.version)
            .or_insert(index);
    }
    let of_task = |versions: BTreeMap<u64, usize>| {
        let newest = versions.last_key_value().map_or(0, |(version, _)| *version);
        versions.into_values().filter(move |&index| {
            let update = &announcements[index].update;
            update.version == newest || !is_progress(update)
        })
    };
    tasks.into_values().flat_map(of_task).collect()
}

/// Changes of phase and ends are never left out: they tell a story that progress only colours.
fn is_progress(update: &Update) -> bool {
    update.phase == Some(Phase::Running) && update.progress.is_some()
}
