//! `$default`: a frame from the client. What is returned goes back over the same connection.

use app::answer_frame::{FrameError, Incoming};
use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use domain::ConnectionId;
use protocol::frames::{ClientFrame, ServerFrame};

use crate::answer::Answer;
use crate::state::App;

/// Answers one frame. Whatever the client sends, it gets a frame back: from here, or what it has
/// missed from the pusher.
pub(crate) async fn message(
    app: &App,
    id: ConnectionId,
    event: &ApiGatewayWebsocketProxyRequest,
) -> Answer {
    let text = event.body.as_deref().unwrap_or_default();
    let incoming = if event.is_base64_encoded {
        Incoming::Binary
    } else {
        Incoming::Text(text)
    };
    let answer = match app.answer_frame.run(&id, incoming).await {
        Ok(Some(frame)) => Answer::frame(&frame),
        Ok(None) => Answer::done(),
        Err(error) => refused(error),
    };
    answer.to(action(incoming))
}

/// Which of our actions it is. Others are the client's own words, and as many as it likes.
fn action(incoming: Incoming<'_>) -> Option<&'static str> {
    match incoming {
        Incoming::Text(text) => ClientFrame::action(text),
        Incoming::Binary => None,
    }
}

fn refused(error: FrameError) -> Answer {
    let answer = Answer::frame(&ServerFrame::from(&error)).with_code(error.code());
    match error {
        FrameError::Store(cause) => answer.because(cause),
        _ => answer,
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn a_frame_without_a_known_connection_is_told_to_reconnect() {
        let reply = Scene::new().await.ask(sample("default-ping")).await;
        assert_eq!((reply.status, reply.word()), (200, "unknown_connection"));
    }

    #[tokio::test]
    async fn a_store_that_is_away_asks_to_send_again() {
        let scene = Scene::connected().await;
        scene.faults.always("connections.count", Fault::Unavailable);
        let reply = scene.ask(sample("default-ping")).await;
        assert_eq!((reply.status, reply.word()), (200, "unavailable"));
    }

    #[tokio::test]
    async fn strange_frames_are_answered() {
        let scene = Scene::connected().await;
        let long = format!(r#"{{"action":"ping"{}}}"#, " ".repeat(128 * 1024));
        for (body, word) in [
            (None, "not_json"),
            (Some(long), "frame_too_large"),
            (Some("\0\u{fffd}".into()), "binary_frame"),
        ] {
            let mut event = sample("default-ping");
            event.body = body;
            assert_eq!(scene.ask(event).await.word(), word);
        }
    }
}
