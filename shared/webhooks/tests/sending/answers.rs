//! What endpoints answer, and what becomes of it.

use std::time::Duration;

use tokio::time::Instant;
use webhooks::{GiveUp, Outcome, Problem, Schedule, TOLERANCE, Webhook, verify};

use super::server::{Reply, Server};
use super::{FIRST_WAIT, noon, open_to, problem, secret, webhook};

async fn outcome(reply: Reply) -> Outcome {
    let server = Server::start(reply).await;
    open_to(&[&server])
        .send(&webhook(server.url()), noon(), 0)
        .await
        .outcome
}

#[tokio::test]
async fn a_receiver_can_verify_what_it_gets() {
    let server = Server::start(Reply::Plain(200, vec![], "thanks")).await;
    let webhook = webhook(server.url());
    let attempt = open_to(&[&server]).send(&webhook, noon(), 0).await;
    assert!(matches!(attempt.outcome, Outcome::Delivered));
    assert_eq!(attempt.answer.unwrap().excerpt, b"thanks");

    let [seen] = server.seen().try_into().unwrap();
    assert_eq!(seen.line, "POST /hook?token=t");
    assert_eq!(seen.body, webhook.payload);
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(seen.headers["user-agent"], "test/1");
    assert_eq!(seen.headers["host"], server.address.to_string());
    let verified = verify(&[secret()], &seen.headers, &seen.body, noon(), TOLERANCE).unwrap();
    assert_eq!(
        (verified.id.as_str(), verified.sent_at),
        ("event-1", noon())
    );
}

#[tokio::test]
async fn a_secret_can_be_replaced_without_a_gap() {
    let server = Server::start(Reply::status(204)).await;
    let old = webhooks::Secret::new([7; 24]).unwrap();
    let mut webhook = webhook(server.url());
    webhook.retiring = vec![old.clone()];
    open_to(&[&server]).send(&webhook, noon(), 0).await;
    let [seen] = server.seen().try_into().unwrap();
    for secret in [old, secret()] {
        assert!(verify(&[secret], &seen.headers, &seen.body, noon(), TOLERANCE).is_ok());
    }
}

#[tokio::test]
async fn statuses_decide() {
    for status in [200, 201, 204, 299] {
        assert!(
            matches!(outcome(Reply::status(status)).await, Outcome::Delivered),
            "{status}"
        );
    }
    assert!(matches!(
        outcome(Reply::status(410)).await,
        Outcome::Disable
    ));
    for status in [300, 304, 400, 401, 404, 429, 500, 502, 503, 504] {
        match outcome(Reply::status(status)).await {
            Outcome::Retry {
                after,
                problem: Problem::Status(seen),
            } => assert_eq!((after, seen.as_u16()), (FIRST_WAIT, status)),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let trap = Server::start(Reply::status(200)).await;
    for status in [301, 302, 303, 307, 308] {
        let location = vec![("location", trap.url())];
        let server = Server::start(Reply::Plain(status, location, "")).await;
        let sender = open_to(&[&server, &trap]);
        let attempt = sender.send(&webhook(server.url()), noon(), 0).await;
        assert!(matches!(problem(attempt.outcome), Problem::Status(_)));
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn endpoints_may_ask_for_time() {
    let ask = |value: &str| {
        outcome(Reply::Plain(
            503,
            vec![("retry-after", value.to_owned())],
            "",
        ))
    };
    let wait = |outcome| match outcome {
        Outcome::Retry { after, .. } => after,
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(ask("120").await), Duration::from_mins(2));
    assert_eq!(
        wait(ask("1").await),
        FIRST_WAIT,
        "not earlier than the schedule"
    );
    assert_eq!(wait(ask("never").await), FIRST_WAIT);
}

#[tokio::test]
async fn a_silent_endpoint_is_left_in_time() {
    let started = Instant::now();
    assert!(matches!(
        problem(outcome(Reply::Silence).await),
        Problem::Timeout
    ));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_status_counts_though_its_body_never_comes() {
    assert!(matches!(
        outcome(Reply::Stall(200)).await,
        Outcome::Delivered
    ));
    assert!(matches!(outcome(Reply::Stall(410)).await, Outcome::Disable));
}

#[tokio::test]
async fn a_huge_body_is_read_up_to_the_limit() {
    let server = Server::start(Reply::Flood(500)).await;
    let started = Instant::now();
    let attempt = open_to(&[&server])
        .send(&webhook(server.url()), noon(), 0)
        .await;
    assert_eq!(attempt.answer.unwrap().excerpt.len(), 1_024);
    assert!(
        started.elapsed() < Duration::from_millis(900),
        "it did not run into the timeout"
    );
}

#[tokio::test]
async fn a_huge_head_is_not_read() {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for n in 0..10_000 {
        head.extend_from_slice(format!("x-{n}: {}\r\n", "y".repeat(100)).as_bytes());
    }
    assert!(matches!(
        problem(outcome(Reply::Raw(head)).await),
        Problem::Broken(_)
    ));
}

#[tokio::test]
async fn what_is_no_http_is_a_failure() {
    for bytes in [
        &b""[..],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 999999 X\r\n\r\n",
    ] {
        let failure = problem(outcome(Reply::Raw(bytes.to_vec())).await);
        assert!(matches!(failure, Problem::Broken(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn after_the_last_attempt_we_give_up() {
    let server = Server::start(Reply::status(500)).await;
    let sender = open_to(&[&server]).schedule(Schedule::new([FIRST_WAIT]));
    let attempt = |attempt| Webhook {
        attempt,
        ..webhook(server.url())
    };
    let first = sender.send(&attempt(1), noon(), u32::MAX).await.outcome;
    assert!(matches!(first, Outcome::Retry { after, .. } if after == FIRST_WAIT.mul_f64(1.2)));
    let second = sender.send(&attempt(2), noon(), 0).await.outcome;
    assert!(matches!(
        second,
        Outcome::GiveUp(GiveUp::Exhausted(Problem::Status(_)))
    ));
}

#[tokio::test]
async fn nobody_there_means_later() {
    let server = Server::start(Reply::status(200)).await;
    let (sender, url) = (open_to(&[&server]), server.url());
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let attempt = sender.send(&webhook(url), noon(), 0).await;
    assert!(matches!(problem(attempt.outcome), Problem::Connect(_)));
}

#[tokio::test]
async fn attempts_can_be_spawned() {
    let server = Server::start(Reply::status(200)).await;
    let (sender, webhook) = (open_to(&[&server]), webhook(server.url()));
    let sending = async move { sender.send(&webhook, noon(), 0).await };
    assert!(matches!(
        tokio::spawn(sending).await.unwrap().outcome,
        Outcome::Delivered
    ));
}
