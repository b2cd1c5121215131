//! One event in, one answer and one log line out.

use std::convert::Infallible;
use std::error::Error;
use std::time::Instant;

use aws_lambda_events::apigw::{
    ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest as WebsocketEvent,
};
use boot::SUMMARY;
use domain::ConnectionId;
use lambda_runtime::LambdaEvent;
use tracing::{Instrument, info_span};

use crate::answer::Answer;
use crate::connect::connect;
use crate::disconnect::disconnect;
use crate::message::message;
use crate::state::App;

/// Answers an event of the WebSocket API. Never fails: every mistake has an answer.
pub(crate) async fn handle(
    app: &App,
    LambdaEvent { payload, context }: LambdaEvent<WebsocketEvent>,
) -> Result<ApiGatewayProxyResponse, Infallible> {
    let started = Instant::now();
    let request_id = payload.request_context.request_id.as_deref();
    let span = info_span!(
        "invocation",
        request.id = request_id,
        faas.invocation_id = context.request_id,
        trace.id = boot::trace(&context, app.entropy.as_ref()).id()
    );
    let answer = answer(app, &payload).instrument(span.clone()).await;
    count(app, &payload, &answer);
    span.in_scope(|| log(&payload, &answer, started));
    Ok(answer.into())
}

/// Goes by the event's type: its route is chosen by the client's `action`, which may say anything.
async fn answer(app: &App, event: &WebsocketEvent) -> Answer {
    let id = event.request_context.connection_id.as_deref();
    let Ok(id) = ConnectionId::new(id.unwrap_or_default()) else {
        let detail = "this is no event of a WebSocket API";
        return Answer::refused(400, "Bad Request", "unknown_event", detail);
    };
    match event.request_context.event_type.as_deref() {
        Some("CONNECT") => connect(app, id, event).await,
        Some("DISCONNECT") => disconnect(app, id).await,
        _ => message(app, id, event).await,
    }
}

/// A connection is closed even where forgetting it failed.
fn count(app: &App, event: &WebsocketEvent, answer: &Answer) {
    match event.request_context.event_type.as_deref() {
        Some("CONNECT") if answer.status == 200 => app.meter.connection_opened(),
        Some("CONNECT") => {}
        Some("DISCONNECT") => app.meter.connection_closed(),
        _ => app.meter.frame(answer.action.unwrap_or("other")),
    }
    if let Some(code) = answer.code {
        app.meter.websocket_refused(code);
    }
}

/// The query is left out: it holds the ticket. So is the frame: it is the client's own.
fn log(event: &WebsocketEvent, answer: &Answer, started: Instant) {
    let context = &event.request_context;
    let (event_type, status, code) = (context.event_type.as_deref(), answer.status, answer.code);
    let connection_id = context.connection_id.as_deref();
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    match &answer.cause {
        None => tracing::info!(
            target: SUMMARY,
            {
                websocket.event = event_type,
                websocket.status = status,
                duration_ms,
                connection.id = connection_id,
                websocket.action = answer.action,
                code,
            },
            "answered"
        ),
        Some(cause) => tracing::error!(
            target: SUMMARY,
            {
                websocket.event = event_type,
                websocket.status = status,
                duration_ms,
                connection.id = connection_id,
                websocket.action = answer.action,
                code,
                error = cause.as_ref() as &(dyn Error + 'static),
            },
            "not answered"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use testkit::ambient::FixedClock;
    use testkit::build::NOW;
    use testkit::memory::Fault;
    use tracing_subscriber::layer::SubscriberExt as _;

    use crate::scene::{Scene, sample};

    /// Collects what is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn one_line_says_what_happened_and_no_line_has_the_ticket() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = boot::Lines::new(move || writer.clone(), Arc::new(FixedClock::at(NOW)));
        let subscriber = tracing_subscriber::registry().with(layer);
        let _guard = tracing::subscriber::set_default(subscriber);
        let scene = Scene::new().await;
        scene.ask(sample("connect")).await;
        scene.ask(sample("connect-reused-ticket")).await;
        scene.faults.always("tickets.redeem", Fault::Unavailable);
        scene.ask(sample("connect")).await;

        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(serde_json::from_str::<Value>);
        let lines: Vec<_> = lines.map(Result::unwrap).collect();
        assert_eq!(lines.len(), 3, "{text}");
        for line in &lines {
            assert_eq!(line["websocket.event"], "CONNECT", "{line}");
            assert_eq!(line["trace.id"].as_str().unwrap().len(), 32, "{line}");
        }
        assert!(text.contains("invalid_ticket") && text.contains("a planned fault"));
        assert!(!text.contains("-ticket\""), "{text}");
        assert!(!text.contains("ticket="), "{text}");
    }

    #[tokio::test]
    async fn connections_frames_and_refusals_are_counted() {
        let scene = Scene::new().await;
        for name in ["connect", "connect-reused-ticket", "default-ping"] {
            scene.ask(sample(name)).await;
        }
        for name in ["default-unknown-action", "default-binary", "disconnect"] {
            scene.ask(sample(name)).await;
        }
        let lines = scene.metrics();
        let counted = |metric: &str, dimension: &str, value: &str| {
            let of = |line: &&Value| line[dimension] == value && !line[metric].is_null();
            lines.iter().find(of).map(|line| line[metric].clone())
        };
        for (metric, dimension, value, count) in [
            ("ConnectionsOpened", "Stage", "test", 1),
            ("ConnectionsClosed", "Stage", "test", 1),
            ("Frames", "Action", "ping", 1),
            ("Frames", "Action", "other", 2),
            ("WebsocketRefused", "Code", "invalid_ticket", 1),
            ("WebsocketRefused", "Code", "unknown_action", 1),
            ("WebsocketRefused", "Code", "binary_frame", 1),
        ] {
            let counted = counted(metric, dimension, value);
            assert_eq!(counted, Some(json!(count)), "{metric} {value}: {lines:?}");
        }
    }

    #[tokio::test]
    async fn an_event_without_a_connection_is_refused() {
        let mut event = sample("default-ping");
        event.request_context.connection_id = None;
        assert_eq!(Scene::new().await.ask(event).await.status, 400);
    }
}
