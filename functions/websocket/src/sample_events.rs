//! Every file in `events/websocket` is answered as it should be.

use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use testkit::memory::Asked;

use crate::scene::{Scene, id, sample, samples};

/// Each sample with its status and the code or type of what comes back.
const SAMPLES: &[(&str, u64, &str)] = &[
    ("connect", 200, ""),
    ("connect-expired-ticket", 401, "invalid_ticket"),
    ("connect-reused-ticket", 401, "invalid_ticket"),
    (
        "connect-unknown-subprotocol",
        400,
        "unsupported_subprotocol",
    ),
    ("connect-with-subprotocol", 200, ""),
    ("connect-without-ticket", 401, "invalid_ticket"),
    ("default-binary", 200, "binary_frame"),
    ("default-not-an-object", 200, "invalid_frame"),
    ("default-not-json", 200, "not_json"),
    ("default-ping", 200, "pong"),
    ("default-posing-as-disconnect", 200, "unknown_action"),
    ("default-resume", 200, ""),
    ("default-resume-too-many", 200, "too_many_tasks"),
    ("default-subscribe-operators", 200, "forbidden"),
    ("default-subscribe-tag", 200, "subscribed"),
    ("default-subscribe-task", 200, "subscribed"),
    ("default-subscribe-unknown-task", 200, "task_not_found"),
    ("default-unknown-action", 200, "unknown_action"),
    ("default-unsubscribe-tag", 200, "unsubscribed"),
    ("default-unsupported-version", 200, "unsupported_version"),
    ("disconnect", 200, ""),
];

#[tokio::test]
async fn every_sample_is_answered_as_it_should_be() {
    for (name, status, word) in SAMPLES {
        let scene = if name.starts_with("connect") {
            Scene::new().await
        } else {
            Scene::connected().await
        };
        let reply = scene.ask(sample(name)).await;
        assert_eq!(
            (reply.status, reply.word()),
            (*status, *word),
            "{name}: {reply:?}"
        );
        assert_json_snapshot!(*name, reply.body);
        // A good handshake and every frame leave the connection open, all else leaves none.
        let open = name.starts_with("default") || *status == 200 && name.starts_with("connect");
        assert_eq!(scene.connections.ids().contains(&id()), open, "{name}");
    }
}

#[tokio::test]
async fn a_resume_is_handed_to_the_pusher() {
    let scene = Scene::connected().await;
    scene.ask(sample("default-resume")).await;
    let asked = scene.pusher.take();
    let [Asked::Replay(replay)] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(replay.connection, id());
    assert_eq!(replay.tasks.values().collect::<Vec<_>>(), [&1, &0]);
}

#[test]
fn every_file_is_a_sample() {
    let listed: BTreeSet<String> = SAMPLES.iter().map(|(name, ..)| (*name).into()).collect();
    let entries = std::fs::read_dir(samples()).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let names = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), listed);
}
