use std::time::Duration;

use aws::sqs::PolledQueue;
use aws_sdk_sqs::Client;
use sqs_batch::Inbox;

use crate::place::{Place, local};

async fn send(place: &Place, url: &str, body: &str) {
    let send = Client::new(&place.config).send_message().queue_url(url);
    let done = send
        .message_body(body)
        .message_group_id("acme")
        .send()
        .await;
    done.unwrap();
}

/// Longer than any other call may take.
#[tokio::test]
async fn a_message_that_comes_late_is_waited_for() {
    let place = local().await;
    let late = async |url: String| {
        let queue = PolledQueue::new(&place.sdk, &url);
        let sending = async {
            tokio::time::sleep(Duration::from_secs(12)).await;
            send(&place, &url, "late").await;
        };
        let receiving = queue.receive(10, Duration::from_secs(20));
        let (received, ()) = tokio::join!(receiving, sending);
        let received = received.unwrap();
        assert_eq!(received[0].body.as_deref(), Some("late"));
    };
    place.with_queue(late).await;
}

#[tokio::test]
async fn messages_come_as_an_event_source_gives_them_and_are_forgotten() {
    let place = local().await;
    let test = async |url: String| {
        let queue = PolledQueue::new(&place.sdk, &url);
        for number in 0..4 {
            send(&place, &url, &number.to_string()).await;
        }
        let mut messages = queue.receive(2, Duration::from_secs(1)).await.unwrap();
        assert!(messages.len() <= 2);
        while messages.len() < 4 {
            messages.extend(queue.receive(10, Duration::from_secs(1)).await.unwrap());
        }
        let message = &messages[0];
        assert!(message.message_id.is_some());
        assert_eq!(message.attributes["ApproximateReceiveCount"], "1");
        assert_eq!(message.attributes["MessageGroupId"], "acme");
        assert!(message.attributes["SentTimestamp"].parse::<u64>().is_ok());

        let receipts = messages
            .iter()
            .map(|message| message.receipt_handle.clone().unwrap());
        let receipts: Vec<_> = receipts.collect();
        assert_eq!(queue.delete(&receipts).await.unwrap(), [""; 0]);
        let left = Client::new(&place.config).get_queue_attributes();
        let left = left
            .queue_url(&url)
            .attribute_names("All".into())
            .send()
            .await;
        let left = left.unwrap().attributes.unwrap();
        for count in [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ] {
            assert_eq!(left[&count.into()], "0", "{count}");
        }
    };
    place.with_queue(test).await;
}
