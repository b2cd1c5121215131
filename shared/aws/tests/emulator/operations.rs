//! What those who run the service look at.

use aws::sqs::{BuriedLetters, DeadLetterSender, QueueGauges, QueueUrls};
use aws_sdk_sqs::Client;
use domain::dead_letters::DeadQueue;
use domain::operations::QueueName;
use domain::ports::{DeadLetter, DeadLetterQueue};
use testkit::contract::{dead_letters, queue_depths};

use crate::place::{Place, local};

async fn send(place: &Place, url: &str, body: &str) {
    let client = Client::new(&place.config);
    let sent = client.send_message().queue_url(url).message_body(body);
    sent.send().await.unwrap();
}

/// Takes what has arrived in a queue, for good.
async fn arrived(place: &Place, url: &str) -> Vec<String> {
    let client = Client::new(&place.config);
    let received = client.receive_message().queue_url(url);
    let received = received.max_number_of_messages(10).wait_time_seconds(1);
    let messages = received.send().await.unwrap().messages.unwrap_or_default();
    let mut bodies = vec![];
    for message in messages {
        let delete = client.delete_message().queue_url(url);
        let receipt = message.receipt_handle.unwrap();
        delete.receipt_handle(receipt).send().await.unwrap();
        bodies.push(message.body.unwrap());
    }
    bodies
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
        urgent: String::new(),
        updates: String::new(),
        callbacks: String::new(),
        dead_work: dead.into(),
        dead_updates: String::new(),
        dead_callbacks: String::new(),
    }
}

#[tokio::test]
async fn buried_letters_are_dead_letters() {
    let place = local().await;
    place
        .with_queue(async |home: String| {
            place
                .with_queue(async |dead: String| {
                    let letters = BuriedLetters::new(&place.sdk, urls(&home, &dead));
                    let bury = async |letter: &_| bury(&place, &dead, letter).await;
                    let arrived = async || arrived(&place, &home).await;
                    dead_letters::all(&letters, DeadQueue::Work, bury, arrived).await;
                })
                .await;
        })
        .await;
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
    let urls = QueueUrls {
        work: made[0].clone(),
        urgent: made[1].clone(),
        updates: made[2].clone(),
        callbacks: made[3].clone(),
        dead_work: made[4].clone(),
        dead_updates: made[5].clone(),
        dead_callbacks: made[6].clone(),
    };
    let place_of = |name: QueueName| QueueName::ALL.iter().position(|one| *one == name);
    let send_to = async |name| send(&place, &made[place_of(name).unwrap()], "{}").await;
    let bury = async |name: QueueName| {
        let dead = name.dead_letters().unwrap();
        let number = DeadQueue::ALL.iter().position(|one| *one == dead);
        send(&place, &made[4 + number.unwrap()], "{}").await;
    };
    queue_depths::all(&QueueGauges::new(&place.sdk, urls), send_to, bury).await;
    for url in made {
        client.delete_queue().queue_url(url).send().await.unwrap();
    }
}
