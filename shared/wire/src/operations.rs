//! What operators see.

use domain::dead_letters::{About, Letter, grouped};
use domain::operations::{QueueDepth, System};
use domain::overflow::Takers;
use domain::pool::Heartbeat;
use protocol::http::{
    ConnectionCount, DeadLetterBody, DeadLetterGroup, PoolProcess, QueueBody, SystemBody,
};
use time::OffsetDateTime;

use crate::part;

/// The same as HTTP and the operators' stream show it.
pub fn system(system: &System) -> SystemBody {
    SystemBody {
        at: system.at,
        queues: system.queues.iter().map(queue).collect(),
        connections: ConnectionCount {
            open: system.open,
            counted_all: system.counted_all,
        },
        pool: system
            .pool
            .iter()
            .map(|one| process(one, system.at))
            .collect(),
        overflow: system.takers.map_or("unknown", Takers::as_str).into(),
    }
}

fn process(heartbeat: &Heartbeat, now: OffsetDateTime) -> PoolProcess {
    PoolProcess {
        id: heartbeat.id.to_string(),
        started_at: heartbeat.started_at,
        seen_at: heartbeat.seen_at,
        alive: heartbeat.is_alive(now),
        capacity: heartbeat.capacity,
        running: heartbeat.running,
        oldest_wait_ms: heartbeat.oldest_wait_ms,
        taken: heartbeat.taken,
    }
}

fn queue(depth: &QueueDepth) -> QueueBody {
    QueueBody {
        name: depth.name.to_string(),
        visible: depth.visible,
        in_flight: depth.in_flight,
        delayed: depth.delayed,
        dead: depth.dead,
    }
}

/// Dead letters by reason and kind.
pub fn dead_letters(letters: &[Letter]) -> Vec<DeadLetterGroup> {
    let kind = |letter: &Letter| letter.task.as_ref().map(|task| task.kind.clone());
    let groups = grouped(letters, |letter| (letter.reason_code(), kind(letter)));
    let group = |((reason, kind), letters): ((&str, _), Vec<&Letter>)| DeadLetterGroup {
        reason: reason.into(),
        kind,
        count: letters.len(),
        letters: letters.into_iter().map(dead_letter).collect(),
    };
    groups.into_iter().map(group).collect()
}

fn dead_letter(letter: &Letter) -> DeadLetterBody {
    let task = letter.known().and_then(About::task);
    DeadLetterBody {
        message_id: letter.held.id.clone(),
        since: letter.held.sent_at,
        reason: letter.held.reason.clone(),
        tenant: task.map(|(tenant, _)| tenant.to_string()),
        request_id: task.map(|(_, id)| id.to_string()),
        status: letter.task.as_ref().map(|task| part::status(task.status())),
        error: letter.failure().map(part::error),
    }
}
