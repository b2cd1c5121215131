//! Names, addresses, and those who play with them.

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::Mutex;

use webhooks::{AddressKind, GiveUp, Guard, Outcome, Problem, Refused, Resolver, Sender};

use super::server::{Reply, Server};
use super::{noon, open_to, problem, webhook};

/// Gives each answer once, in order; the last one for ever.
struct Answers(Mutex<Vec<Vec<IpAddr>>>);

impl Answers {
    fn new(answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| {
            answer
                .iter()
                .map(|address| address.parse().unwrap())
                .collect()
        };
        Self(Mutex::new(answers.iter().rev().map(parse).collect()))
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Resolver for &Answers {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        assert_eq!(name, "endpoint.example");
        let mut answers = self.0.lock().unwrap();
        Ok(answers.pop().unwrap_or_default())
    }
}

fn url(server: &Server) -> String {
    format!("http://endpoint.example:{}/", server.address.port())
}

/// Loopback stands for the inside here: a strict guard but for the port and plain HTTP.
fn strict(server: &Server) -> Sender {
    let guard = Guard::strict()
        .allow_http()
        .allow_port(server.address.port());
    Sender::new(guard, "test/1").unwrap()
}

fn refused(outcome: &Outcome) -> Refused {
    match outcome {
        Outcome::GiveUp(GiveUp::Impossible(Problem::Refused(refused))) => *refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn inside_addresses_are_never_connected_to() {
    let server = Server::start(Reply::status(200)).await;
    let strict = strict(&server);
    let loopback = Refused::Address(AddressKind::Loopback);

    let attempt = strict.send(&webhook(server.url()), noon(), 0).await;
    assert_eq!(refused(&attempt.outcome), loopback);

    let names = Answers::new(&[&["127.0.0.1"]]);
    let attempt = strict
        .resolver(&names)
        .send(&webhook(url(&server)), noon(), 0)
        .await;
    assert_eq!(refused(&attempt.outcome), loopback);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_public_address_does_not_hide_an_inside_one() {
    let server = Server::start(Reply::status(200)).await;
    let names = Answers::new(&[&["8.8.8.8", "127.0.0.1"]]);
    let attempt = strict(&server)
        .resolver(&names)
        .send(&webhook(url(&server)), noon(), 0)
        .await;
    assert_eq!(
        refused(&attempt.outcome),
        Refused::Address(AddressKind::Loopback)
    );
    assert_eq!(server.connections(), 0);
}

/// The name answers with an allowed address first and with an inside one to whoever asks again.
#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let inside = Server::start(Reply::status(200)).await;
    let port = inside.address.port();
    let outside = Server::start_at("127.0.0.2".parse().unwrap(), port, Reply::status(204)).await;
    let guard = Guard::strict().allow_http().allow_port(port);
    let guard = guard.allow_network("127.0.0.2/32".parse().unwrap());
    let names = Answers::new(&[&["127.0.0.2"], &["127.0.0.1"], &["127.0.0.1"]]);
    let sender = Sender::new(guard, "test/1").unwrap().resolver(&names);

    let first = sender.send(&webhook(url(&outside)), noon(), 0).await;
    assert_eq!(first.answer.unwrap().status.as_u16(), 204);
    assert_eq!(names.left(), 2, "the name was asked once");
    assert_eq!(
        outside.seen()[0].headers["host"],
        format!("endpoint.example:{port}")
    );

    let second = sender.send(&webhook(url(&outside)), noon(), 0).await;
    assert_eq!(
        refused(&second.outcome),
        Refused::Address(AddressKind::Loopback)
    );
    assert_eq!((inside.connections(), outside.connections()), (0, 1));
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_is_dead() {
    let server = Server::start(Reply::status(200)).await;
    let names = Answers::new(&[&["127.0.0.9", "127.0.0.1"]]);
    let attempt = open_to(&[&server])
        .resolver(&names)
        .send(&webhook(url(&server)), noon(), 0)
        .await;
    assert!(matches!(attempt.outcome, Outcome::Delivered));
}

#[tokio::test]
async fn a_name_without_address_means_later() {
    let server = Server::start(Reply::status(200)).await;
    let names = Answers::new(&[]);
    let attempt = open_to(&[&server])
        .resolver(&names)
        .send(&webhook(url(&server)), noon(), 0)
        .await;
    assert!(matches!(problem(attempt.outcome), Problem::Resolve(_)));
}

struct Hung;

impl Resolver for Hung {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        pending().await
    }
}

#[tokio::test]
async fn a_resolver_that_hangs_is_left_in_time() {
    let server = Server::start(Reply::status(200)).await;
    let attempt = open_to(&[&server])
        .resolver(Hung)
        .send(&webhook(url(&server)), noon(), 0)
        .await;
    assert!(matches!(problem(attempt.outcome), Problem::Timeout));
}

/// Asks the system, whose own file says where `localhost` is.
#[tokio::test]
async fn the_system_resolves_names() {
    let server = Server::start(Reply::status(200)).await;
    let guard = Guard::strict()
        .allow_http()
        .allow_port(server.address.port());
    let guard = ["127.0.0.0/8", "::1"].iter().fold(guard, |guard, network| {
        guard.allow_network(network.parse().unwrap())
    });
    let sender = Sender::new(guard, "test/1").unwrap();
    let url = format!("http://localhost:{}/", server.address.port());
    let attempt = sender.send(&webhook(url), noon(), 0).await;
    assert!(
        matches!(attempt.outcome, Outcome::Delivered),
        "{:?}",
        attempt.outcome
    );
}

#[tokio::test]
async fn nothing_shows_the_url_or_the_secret() {
    let server = Server::start(Reply::status(500)).await;
    let webhook = webhook(server.url());
    let attempt = open_to(&[&server]).send(&webhook, noon(), 0).await;
    let shown = format!("{webhook:?} {attempt:?} {:?}", open_to(&[&server]));
    for hidden in ["token", "hook?", &webhook.secret.reveal()[6..]] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
