//! Attempts at real servers on this machine.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests stop at what is not as it should be"
)]

mod answers;
mod encryption;
mod places;
mod server;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use server::Server;
use webhooks::{Guard, Limits, MessageId, Problem, Secret, Sender, Webhook};

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn secret() -> Secret {
    Secret::new(*b"a secret of thirty-two bytes. OK").unwrap()
}

fn webhook(url: impl Into<String>) -> Webhook {
    Webhook {
        url: url.into(),
        id: MessageId::new("event-1").unwrap(),
        payload: r#"{"type":"task.completed"}"#.into(),
        secret: secret(),
        retiring: vec![],
        attempt: 1,
    }
}

/// Lets through to servers on this machine, and waits for them a second.
fn open_to(servers: &[&Server]) -> Sender {
    let guard = Guard::strict()
        .allow_http()
        .allow_network("127.0.0.0/8".parse().unwrap());
    let ports = servers.iter().map(|server| server.address.port());
    let guard = ports.fold(guard, Guard::allow_port);
    let limits = Limits {
        timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    Sender::new(guard, "test/1").unwrap().limits(limits)
}

/// The first wait of the schedule, without jitter.
const FIRST_WAIT: Duration = Duration::from_secs(5);

fn problem(outcome: webhooks::Outcome) -> Problem {
    match outcome {
        webhooks::Outcome::Retry { problem, .. } => problem,
        other => panic!("{other:?}"),
    }
}
