//! What those who run the service look at.

use aws::sqs::{BuriedLetters, DeadLetterSender, QueueGauges, QueueUrls, RawSender};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use domain::dead_letters::DeadQueue;
use domain::operations::QueueName;
use domain::ports::{DeadLetter, DeadLetterQueue};
use testkit::build;
use testkit::contract::source_queues::Arrived;
use testkit::contract::{dead_letters, queue_depths, source_queues};
use time::Duration;

use crate::place::{Place, local};

async fn send(place: &Place, url: &str, body: &str) {
    let client = Client::new(&place.config);
    let sent = client.send_message().queue_url(url).message_body(body);
    sent.send().await.unwrap();
}

/// Takes what has arrived in a queue, for good: bodies, and the groups that they belong to.
async fn arrived(place: &Place, url: &str) -> Vec<Arrived> {
    let client = Client::new(&place.config);
    let received = client.receive_message().queue_url(url);
    let received = received
        .max_number_of_messages(10)
        .wait_time_seconds(1)
        .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
    let messages = received.send().await.unwrap().messages.unwrap_or_default();
    let mut arrived = vec![];
    for message in messages {
        let delete = client.delete_message().queue_url(url);
        let receipt = message.receipt_handle.unwrap();
        delete.receipt_handle(receipt).send().await.unwrap();
        let mut attributes = message.attributes.unwrap_or_default();
        let group = attributes.remove(&MessageSystemAttributeName::MessageGroupId);
        arrived.push((message.body.unwrap(), group));
    }
    arrived
}

/// As the worker buries them; without a reason as the queue itself does.
async fn bury(place: &Place, url: &str, letter: &DeadLetter) {
    if letter.reason.is_empty() {
        send(place, url, &letter.body).await;
    } else {
        let sender = DeadLetterSender::new(&place.sdk, url);
        sender.bury(letter).await.unwrap();
    }
}

/// Other queues than those of the test are not asked.
fn urls(home: &str, dead: &str) -> QueueUrls {
    QueueUrls {
        work: home.into(),
        dead_work: dead.into(),
        ..QueueUrls::default()
    }
}

#[tokio::test]
async fn buried_letters_are_dead_letters() {
    let place = local().await;
    let test = async |dead: String| {
        let letters = BuriedLetters::new(&place.sdk, urls("", &dead));
        let bury = async |letter: &_| bury(&place, &dead, letter).await;
        let pass = async |time: Duration| tokio::time::sleep(time.unsigned_abs()).await;
        dead_letters::all(&letters, DeadQueue::Work, bury, pass).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn a_raw_sender_sends_to_source_queues() {
    let place = local().await;
    let test = async |home: String| {
        let sender = RawSender::new(&place.sdk, urls(&home, ""));
        let receive = async || arrived(&place, &home).await;
        source_queues::all(&sender, DeadQueue::Work, &build::tenant(), receive).await;
    };
    place.with_queue(test).await;
}

#[tokio::test]
async fn gauges_tell_queue_depths() {
    let place = local().await;
    let client = Client::new(&place.config);
    let mut made = vec![];
    for _ in 0..7 {
        let name = format!("contract-{}", testkit::build::request_id());
        let created = client.create_queue().queue_name(name).send().await;
        made.push(created.unwrap().queue_url.unwrap());
    }
    let mut urls = made.iter().cloned();
    let urls = QueueUrls::by_variable(|_| urls.next().unwrap());
    let place_of = |name: QueueName| QueueName::ALL.iter().position(|one| *one == name);
    let send_to = async |name| send(&place, &made[place_of(name).unwrap()], "{}").await;
    let bury = async |queue: DeadQueue| {
        let number = DeadQueue::ALL.iter().position(|one| *one == queue);
        send(&place, &made[4 + number.unwrap()], "{}").await;
    };
    let gauges = QueueGauges::new(&place.sdk, urls);
    queue_depths::all(&gauges, send_to, bury).await;
    for url in made {
        client.delete_queue().queue_url(url).send().await.unwrap();
    }
}
