//! What operators see.

use domain::dead_letters::{Examined, Group};
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

/// Dead letters of one reason and kind.
pub fn dead_letters(group: &Group) -> DeadLetterGroup {
    DeadLetterGroup {
        reason: group.reason.clone(),
        kind: group.kind.clone(),
        count: group.letters.len(),
        letters: group.letters.iter().map(dead_letter).collect(),
    }
}

fn dead_letter(letter: &Examined) -> DeadLetterBody {
    let (tenant, request_id) = letter.about.clone().unzip();
    let task = letter.standing.as_ref();
    DeadLetterBody {
        message_id: letter.message_id.clone(),
        since: letter.since,
        reason: letter.reason.clone(),
        tenant: tenant.map(String::from),
        request_id: request_id.map(|id| id.to_string()),
        status: task.map(|task| part::status(task.status)),
        error: task.and_then(|task| task.failure.as_ref().map(part::error)),
    }
}
