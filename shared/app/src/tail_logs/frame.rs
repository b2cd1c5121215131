//! The message that tells of new lines.

use domain::Event;
use protocol::frames::ServerFrame;
use serde_json::Value;

use super::feeds::Budget;

/// Longest message, in bytes of its lines: with its envelope within the 32 KB that API Gateway meters
/// as one.
const LONGEST: usize = 30 * 1024;

/// The message with as many of the lines as the budget has room for; the others are left out, and
/// counted. None where there is no room for a message, or nothing to tell in it.
pub(super) fn frame<'e>(
    level: &str,
    events: impl Iterator<Item = &'e Event>,
    budget: &mut Budget,
) -> Option<String> {
    let (mut lines, mut bytes, mut left_out) = (Vec::new(), 0, 0);
    for event in events {
        let line = serde_json::to_value(event).ok();
        let size = line.as_ref().map_or(0, |line| line.to_string().len() + 1);
        let room = budget.frames > 0 && lines.len() < budget.lines && bytes + size <= LONGEST;
        match line {
            Some(line) if room => {
                bytes += size;
                lines.push(line);
            }
            _ => left_out += 1,
        }
    }
    if budget.frames == 0 {
        budget.left_out += left_out;
        return None;
    }
    let left_out = left_out + std::mem::take(&mut budget.left_out);
    budget.frames -= 1;
    budget.lines -= lines.len();
    Some(text(level, lines, left_out))
}

fn text(level: &str, lines: Vec<Value>, left_out: u64) -> String {
    let frame = ServerFrame::Logs {
        level: level.to_owned(),
        lines,
        left_out,
    };
    // Nothing in a frame can fail to become JSON.
    serde_json::to_string(&frame).unwrap_or_default()
}
