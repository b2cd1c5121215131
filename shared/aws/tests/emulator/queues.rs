use std::sync::Arc;

use aws::sqs::{
    BroadcastSender, CallbackSender, DeadLetterSender, Receipts, TaskSender, UpdateSender,
};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use domain::ports::{BroadcastQueue, DeadLetter, Deliveries, Job, PortError, TaskQueue};
use domain::task::Priority;
use serde_json::{Value, json};
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::contract::{
    broadcast_queue, callback_queue, dead_letter_queue, postings, pusher_queue, task_queue,
    update_queue,
};
use testkit::memory::Asked;
use time::Duration;
use wire::queue::Request;

use crate::place::{Place, local};

/// Takes messages off a queue, as a function's event source does.
struct Inbox {
    client: Client,
    url: String,
}

impl Inbox {
    fn new(place: &Place, url: &str) -> Self {
        Self {
            client: Client::new(&place.config),
            url: url.into(),
        }
    }

    async fn receive(&self, wait: i32) -> Vec<Message> {
        let receive = self.client.receive_message().queue_url(&self.url);
        let receive = receive
            .max_number_of_messages(10)
            .wait_time_seconds(wait)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .message_system_attribute_names(MessageSystemAttributeName::AwsTraceHeader)
            .message_attribute_names("All");
        receive.send().await.unwrap().messages.unwrap_or_default()
    }

    async fn take(&self) -> Vec<String> {
        let taken = self.take_whole().await.into_iter();
        taken.map(|message| message.body.unwrap()).collect()
    }

    async fn take_whole(&self) -> Vec<Message> {
        let messages = self.receive(1).await;
        for message in &messages {
            let delete = self.client.delete_message().queue_url(&self.url);
            let receipt = message.receipt_handle.as_ref().unwrap();
            delete.receipt_handle(receipt).send().await.unwrap();
        }
        messages
    }
}

fn job() -> Job {
    Job::from(&build::task(&build::tenant(), "aggregate", Value::Null))
}

/// When jobs are sent.
fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(NOW))
}

#[tokio::test]
async fn a_task_that_is_to_run_later_is_held_back_by_the_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let sender = TaskSender::new(&place.sdk, &url, &url, clock());
        let later = Job {
            run_at: Some(NOW + Duration::seconds(3)),
            ..job()
        };
        sender.send(&later).await.unwrap();
        sender
            .send_all(&[later.clone(), job()])
            .await
            .into_iter()
            .collect::<Result<(), _>>()
            .unwrap();
        assert_eq!(inbox.take().await.len(), 1, "the other one comes at once");
        let mut late = 0;
        while late < 2 {
            late += inbox.take().await.len();
        }
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_task_sender_is_a_task_queue() {
    let place = local().await;
    let test = async |url: String| {
        let test = async |urgent_url: String| {
            let inboxes = [&url, &urgent_url].map(|url| Inbox::new(&place, url));
            let receive = async |priority: Priority| {
                let inbox = &inboxes[usize::from(priority == Priority::High)];
                let bodies = inbox.take().await.into_iter();
                bodies
                    .map(|body| wire::queue::read_task(&body).unwrap())
                    .map(|task| (task.tenant, task.request_id, task.trace))
                    .collect()
            };
            let sender = TaskSender::new(&place.sdk, &url, &urgent_url, clock());
            task_queue::all(&sender, &build::tenant(), receive).await;
        };
        place.with_queue(test).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_message_belongs_to_the_group_of_its_tenant() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let sender = TaskSender::new(&place.sdk, &url, &url, clock());
        let job = job();
        sender.send(&job).await.unwrap();
        sender
            .send_all(std::slice::from_ref(&job))
            .await
            .remove(0)
            .unwrap();
        let mut groups = vec![];
        while groups.len() < 2 {
            for message in inbox.receive(5).await {
                let attributes = message.attributes.unwrap_or_default();
                groups.push(
                    attributes
                        .get(&MessageSystemAttributeName::MessageGroupId)
                        .cloned(),
                );
            }
        }
        let expected = Some(job.tenant.to_string());
        assert_eq!(groups, [expected.clone(), expected]);
    };
    place.with_queue(test).await;
}

/// Of a message that is sent by itself: the emulator drops the system attributes of those in batches,
/// which `outbox`'s own tests see instead.
#[tokio::test]
async fn a_message_shows_its_trace_without_being_read() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let sender = TaskSender::new(&place.sdk, &url, &url, clock());
        let traced = Job {
            trace: Some(build::trace()),
            ..job()
        };
        sender.send(&traced).await.unwrap();
        sender.send(&job()).await.unwrap();
        let mut headers = vec![];
        while headers.len() < 2 {
            for message in inbox.take_whole().await {
                let attributes = message.attributes.unwrap_or_default();
                let header = attributes.get(&MessageSystemAttributeName::AwsTraceHeader);
                headers.push(header.cloned());
            }
        }
        headers.sort();
        let expected = traced.trace.map(|trace| trace.to_xray());
        assert_eq!(headers, [None, expected]);
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn an_update_sender_is_an_update_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || {
            let bodies = inbox.take().await.into_iter();
            bodies
                .map(|body| wire::queue::read_update(&body).unwrap())
                .collect()
        };
        update_queue::all(
            &UpdateSender::new(&place.sdk, url),
            &build::tenant(),
            receive,
        )
        .await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_dead_letter_sender_is_a_dead_letter_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || inbox.take_whole().await.into_iter().map(letter).collect();
        dead_letter_queue::all(&DeadLetterSender::new(&place.sdk, url), receive).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn an_update_sender_is_a_pusher_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || {
            let bodies = inbox.take().await.into_iter();
            bodies
                .map(|body| match wire::queue::read_request(&body).unwrap() {
                    Request::Replay(replay) => Asked::Replay(replay),
                    Request::HangUp(id) => Asked::HangUp(id),
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        let sender = UpdateSender::new(&place.sdk, url);
        pusher_queue::all(&sender, &build::tenant(), receive).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn an_update_sender_takes_postings() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || {
            let bodies = inbox.take().await.into_iter();
            bodies
                .map(|body| match wire::queue::read_request(&body).unwrap() {
                    Request::Post(posting) => posting,
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        let sender = UpdateSender::new(&place.sdk, url);
        postings::all(&sender, &build::tenant(), receive).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_callback_sender_is_a_callback_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || {
            let bodies = inbox.take().await.into_iter();
            bodies
                .map(|body| wire::queue::read_callback(&body).unwrap())
                .collect()
        };
        let sender = CallbackSender::new(&place.sdk, url);
        callback_queue::all(&sender, &build::tenant(), receive).await;
    };
    place.with_queue(test).await;
}

fn letter(message: Message) -> DeadLetter {
    let attributes = message.message_attributes.unwrap();
    let attribute = |name: &str| attributes[name].string_value().unwrap().to_owned();
    DeadLetter {
        body: message.body.unwrap(),
        message_id: attribute("original_message_id"),
        reason: attribute("reason"),
    }
}

#[tokio::test]
async fn a_broadcast_sender_is_a_broadcast_queue() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let receive = async || {
            let bodies = inbox.take().await.into_iter();
            let parts = bodies.map(|body| match wire::queue::read_request(&body).unwrap() {
                Request::Broadcast(part) => *part,
                other => panic!("{other:?}"),
            });
            parts.collect()
        };
        let sender = BroadcastSender::new(&place.sdk, url);
        broadcast_queue::all(&sender, &build::tenant(), receive).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_delayed_part_is_not_delivered_before_its_time() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let sender = BroadcastSender::new(&place.sdk, &url);
        let part = build::broadcast(json!("later")).parts().remove(0);
        let sent = sender.send_all(&[part], Duration::seconds(3)).await;
        assert!(sent.iter().all(Result::is_ok));
        assert_eq!(inbox.receive(0).await.len(), 0, "too early");
        let mut arrived = inbox.receive(10).await;
        if arrived.is_empty() {
            arrived = inbox.receive(10).await;
        }
        assert_eq!(arrived.len(), 1);
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_hidden_message_is_delivered_again_when_it_is_shown() {
    let place = local().await;
    let test = async |url: String| {
        let inbox = Inbox::new(&place, &url);
        let sender = TaskSender::new(&place.sdk, &url, &url, clock());
        sender.send(&job()).await.unwrap();
        let first = inbox.receive(5).await.remove(0);
        let receipts = Receipts::new(&place.sdk, &url);
        let receipt = first.receipt_handle.unwrap();
        receipts.hide(&receipt, Duration::hours(24)).await.unwrap();
        assert_eq!(inbox.receive(0).await.len(), 0, "hidden");
        receipts.hide(&receipt, Duration::ZERO).await.unwrap();
        let second = inbox.receive(5).await.remove(0);
        assert_eq!(second.message_id, first.message_id);
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn an_unknown_receipt_is_refused() {
    let place = local().await;
    let test = async |url: String| {
        let receipts = Receipts::new(&place.sdk, url);
        let outcome = receipts.hide("nonsense", Duration::SECOND).await;
        assert!(
            matches!(outcome, Err(PortError::Broken { .. })),
            "{outcome:?}"
        );
    };
    place.with_queue(test).await;
}
