//! Records that wait for each other.

use std::collections::HashMap;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};

/// A record and its place in the batch.
pub(crate) type Placed = (usize, SqsMessage);

/// Records to be handled one after the other; lanes know nothing of each other.
///
/// Only FIFO queues promise an order. On a standard queue a message group is about fairness, so
/// every record is a lane of its own.
pub(crate) fn lanes(event: SqsEvent) -> Vec<Vec<Placed>> {
    let mut lanes: Vec<Vec<Placed>> = Vec::new();
    let mut by_group: HashMap<String, usize> = HashMap::new();
    for (place, message) in event.records.into_iter().enumerate() {
        let Some(group) = order(&message) else {
            lanes.push(vec![(place, message)]);
            continue;
        };
        let lane = *by_group.entry(group).or_insert(lanes.len());
        if lane == lanes.len() {
            lanes.push(Vec::new());
        }
        lanes[lane].push((place, message));
    }
    lanes
}

fn order(message: &SqsMessage) -> Option<String> {
    let queue = message.event_source_arn.as_deref()?;
    let fifo = queue.strip_suffix(".fifo").is_some();
    let group = message.attributes.get("MessageGroupId")?;
    fifo.then(|| group.clone())
}
