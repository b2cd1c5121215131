//! What a message is about, whichever queue it is of.

use domain::dead_letters::{About, DeadQueue};
use domain::feed::Feed;
use domain::{RequestId, TenantId};

use super::{Request, Unreadable, read_callback, read_request, read_task};

/// Reads a message's body by the format of its queue, as far as it says what the message is about.
pub fn about(queue: DeadQueue, body: &str) -> Result<About, Unreadable> {
    Ok(match queue {
        DeadQueue::Work => {
            let task = read_task(body)?;
            of_task(task.tenant, task.request_id, None)
        }
        DeadQueue::Callbacks => {
            let callback = read_callback(body)?;
            of_task(callback.tenant, callback.request_id, None)
        }
        DeadQueue::Updates => asked(read_request(body)?),
    })
}

fn of_task(tenant: TenantId, id: RequestId, kind: Option<String>) -> About {
    About {
        tenant: Some(tenant),
        request_id: Some(id),
        kind,
    }
}

fn asked(request: Request) -> About {
    let named = |tenant, kind: &str| About {
        tenant,
        request_id: None,
        kind: Some(format!("({kind})")),
    };
    match request {
        Request::Push(update) => of_task(update.tenant, update.request_id, Some(update.kind)),
        Request::Replay(replay) => named(Some(replay.tenant), "replay"),
        Request::HangUp(_) => named(None, "hang up"),
        Request::Broadcast(part) => named(part.broadcast.tenant, "broadcast"),
        Request::Post(posting) => match posting.feed {
            Feed::Operators => named(None, "operators"),
            Feed::Logs(tenant, _) => named(Some(tenant), "log lines"),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::build;

    use super::*;

    #[test]
    fn each_queue_has_its_format() {
        let (tenant, id) = (build::tenant(), build::request_id());
        let named = Some((&tenant, id));
        let task = json!({"v": 1, "tenant": tenant, "request_id": id}).to_string();
        assert_eq!(about(DeadQueue::Work, &task).unwrap().task(), named);
        assert!(about(DeadQueue::Callbacks, &task).is_err());
        assert!(about(DeadQueue::Updates, &task).is_err());
        let callback = json!({"v": 1, "tenant": tenant, "request_id": id, "version": 3});
        let callback = about(DeadQueue::Callbacks, &callback.to_string()).unwrap();
        assert_eq!(callback.task(), named);
        let hang_up = r#"{"v":1,"ask":"hang_up","connection_id":"c="}"#;
        let hang_up = about(DeadQueue::Updates, hang_up).unwrap();
        assert_eq!(
            (hang_up.task(), hang_up.kind.as_deref()),
            (None, Some("(hang up)"))
        );
        for queue in DeadQueue::ALL {
            assert!(about(queue, "poison").is_err());
        }
    }
}
