//! The routes over ports in memory.

use std::path::PathBuf;
use std::sync::Arc;

use app::{AnswerFrame, CloseConnection, IssueTicket, OpenConnection};
use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as WebsocketEvent;
use domain::ports::{ConnectionStore, Entropy, TicketStore};
use domain::{Connection, ConnectionId, Identity, Pace, Task};
use lambda_runtime::{Context, LambdaEvent};
use metrics::Meter;
use serde_json::Value;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Faults, MemoryConnections, MemoryPusherQueue, MemoryTasks, MemoryTickets};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::handler::handle;
use crate::state::App;
use crate::subprotocol::HEADER;

/// The connection of every sample event.
pub(crate) const CONNECTION: &str = "JKJaXdF_vHcCJEw=";

/// The task of the samples that name one.
const TASK: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The routes and what is behind them.
pub(crate) struct Scene {
    app: App,
    /// What goes wrong.
    pub(crate) faults: Faults,
    /// Who is connected.
    pub(crate) connections: Arc<MemoryConnections>,
    /// What the pusher is asked for.
    pub(crate) pusher: Arc<MemoryPusherQueue>,
    tasks: Arc<MemoryTasks>,
    tickets: Arc<MemoryTickets>,
    buyer: Identity,
}

/// What API Gateway got.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u64,
    /// The body, read as JSON; null without one.
    pub(crate) body: Value,
    /// The subprotocol that was chosen.
    pub(crate) subprotocol: Option<String>,
}

impl Reply {
    /// The frame's type or the problem's code, whichever says more.
    pub(crate) fn word(&self) -> &str {
        let word = |field| self.body.get(field).and_then(Value::as_str);
        word("code").or(word("type")).unwrap_or_default()
    }
}

impl Scene {
    /// Nobody is connected. `a-good-ticket` is for sale, `a-used-ticket` was spent and
    /// `an-expired-ticket` is two minutes old.
    pub(crate) async fn new() -> Self {
        let faults = Faults::default();
        let scene = Self::over(&faults);
        scene.issue("a-good-ticket", NOW).await;
        let old = NOW - Duration::minutes(2);
        scene.issue("an-expired-ticket", old).await;
        scene.issue("a-used-ticket", NOW).await;
        let first = build::connection_id();
        let spend = scene.app.open_connection.run(first, "a-used-ticket");
        let opened = spend.await.unwrap();
        scene.connections.remove(&opened.id).await.unwrap();
        scene
    }

    /// The same, with the samples' connection open and their task submitted.
    pub(crate) async fn connected() -> Self {
        let scene = Self::new().await;
        let connection = Connection {
            id: id(),
            identity: scene.buyer.clone(),
            connected_at: NOW,
        };
        scene.connections.register(&connection).await.unwrap();
        let task = Task {
            request_id: TASK.parse().unwrap(),
            ..build::task(&connection.identity.tenant, "aggregate", Value::Null)
        };
        scene.tasks.put(task);
        scene
    }

    /// Answers an event.
    pub(crate) async fn ask(&self, event: WebsocketEvent) -> Reply {
        let event = LambdaEvent::new(event, Context::default());
        let Ok(reply) = handle(&self.app, event).await;
        let reply = serde_json::to_value(reply).unwrap();
        let text = reply["body"].as_str().unwrap_or("null");
        Reply {
            status: reply["statusCode"].as_u64().unwrap(),
            body: serde_json::from_str(text).unwrap(),
            subprotocol: header(&reply["headers"], HEADER),
        }
    }

    /// What was counted, one document for each set of dimensions.
    pub(crate) fn metrics(&self) -> Vec<Value> {
        let mut text = Vec::new();
        self.app.meter.flush_to(&mut text);
        let documents = serde_json::Deserializer::from_slice(&text).into_iter();
        documents.map(Result::unwrap).collect()
    }

    fn over(faults: &Faults) -> Self {
        let connections = Arc::new(MemoryConnections::new(faults));
        let tickets = Arc::new(MemoryTickets::new(faults));
        let tasks = Arc::new(MemoryTasks::new(faults));
        let pusher = Arc::new(MemoryPusherQueue::new(faults));
        let answer_frame = AnswerFrame {
            meter: connections.clone(),
            pace: Pace::default(),
            subscriptions: connections.clone(),
            tasks: tasks.clone(),
            pusher: pusher.clone(),
            clock: Arc::new(FixedClock::at(NOW)),
        };
        Self {
            app: app(&connections, &tickets, answer_frame),
            faults: faults.clone(),
            buyer: build::identity(&build::tenant()),
            pusher,
            tasks,
            connections,
            tickets,
        }
    }

    async fn issue(&self, secret: &'static str, at: OffsetDateTime) {
        let tickets: Arc<dyn TicketStore> = self.tickets.clone();
        let issue_ticket = IssueTicket {
            tickets,
            clock: Arc::new(FixedClock::at(at)),
            entropy: Arc::new(Said(secret)),
        };
        issue_ticket.run(&self.buyer).await.unwrap();
    }
}

fn app(
    connections: &Arc<MemoryConnections>,
    tickets: &Arc<MemoryTickets>,
    answer_frame: AnswerFrame,
) -> App {
    let clock = Arc::new(FixedClock::at(NOW));
    App {
        open_connection: OpenConnection {
            tickets: tickets.clone(),
            connections: connections.clone(),
            clock,
        },
        close_connection: CloseConnection {
            connections: connections.clone(),
        },
        answer_frame,
        meter: Meter::new("test", "websocket", Arc::new(FixedClock::at(NOW))).unwrap(),
        entropy: Arc::new(Counting::default()),
    }
}

fn header(headers: &Value, name: &str) -> Option<String> {
    let mut headers = headers.as_object()?.iter();
    let (_, value) = headers.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
    value.as_str().map(ToOwned::to_owned)
}

/// The samples' connection.
pub(crate) fn id() -> ConnectionId {
    ConnectionId::new(CONNECTION).unwrap()
}

/// Where the sample events are.
pub(crate) fn samples() -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "..",
        "..",
        "events",
        "websocket",
    ]
    .iter()
    .collect()
}

/// A sample event.
pub(crate) fn sample(name: &str) -> WebsocketEvent {
    let file = samples().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Entropy whose secret is chosen.
struct Said(&'static str);

impl Entropy for Said {
    fn time_ordered(&self, _: OffsetDateTime) -> Uuid {
        Uuid::nil()
    }

    fn random(&self) -> Uuid {
        Uuid::nil()
    }

    fn secret(&self) -> String {
        self.0.into()
    }
}
