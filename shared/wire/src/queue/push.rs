//! What the pusher finds on its queue.

use domain::broadcast::Part;
use domain::ports::Announcement;
use protocol::queue::{BroadcastMessage, UpdateMessage};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::broadcast::part;
use super::{Unreadable, announcement, read};

/// One thing to push.
#[derive(Debug, Clone, PartialEq)]
pub enum Push {
    /// A task's update.
    Update(Announcement),
    /// A part of a broadcast.
    Broadcast(Part),
}

/// The field by which the forms are told apart. A task's update, the oldest form, has none of it.
#[derive(Deserialize)]
struct Form {
    broadcast: Option<IgnoredAny>,
}

/// Reads the body of a message of any form.
pub fn read_push(body: &str) -> Result<Push, Unreadable> {
    let form: Form = read(body)?;
    if form.broadcast.is_some() {
        let message: BroadcastMessage = serde_json::from_str(body)?;
        part(message).map(Push::Broadcast)
    } else {
        let message: UpdateMessage = serde_json::from_str(body)?;
        announcement(message).map(Push::Update)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_version_is_told_apart_from_damage_whatever_its_form() {
        for newer in [r#"{"v":9}"#, r#"{"v":9,"broadcast":{}}"#] {
            let read = read_push(newer);
            assert!(
                matches!(read, Err(Unreadable::UnknownVersion(9))),
                "{newer}"
            );
        }
        for damaged in [
            "",
            "[]",
            r#"{"v":1}"#,
            r#"{"v":1,"broadcast":{}}"#,
            r#"{"v":1,"broadcast":null}"#,
        ] {
            let read = read_push(damaged);
            assert!(matches!(read, Err(Unreadable::Malformed(_))), "{damaged}");
        }
    }
}
