//! Entry points: each takes any bytes, and panics where the decoder breaks its word.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use aws_lambda_events::sqs::SqsEvent;
use protocol::frames::{ClientFrame, ErrorCode, LONGEST_FRAME};

/// A frame is read, and then reads as the same again; or it is refused with a known code and words.
pub fn client_frame(bytes: &[u8]) {
    // As the gateway hands bytes on that are no text.
    let text = String::from_utf8_lossy(bytes);
    match ClientFrame::read(&text) {
        Ok(frame) => {
            assert!(text.len() <= LONGEST_FRAME);
            let written = serde_json::to_string(&frame).expect("a frame can be written");
            let again = ClientFrame::read(&written).expect("and read again");
            assert_eq!(again, frame);
        }
        Err(bad) => {
            assert!(ErrorCode::ALL.contains(&bad.code()));
            assert!(!bad.to_string().is_empty());
        }
    }
}

/// An event of the WebSocket API, down to the frame in it.
pub fn websocket_event(bytes: &[u8]) {
    let Ok(event) = serde_json::from_slice::<ApiGatewayWebsocketProxyRequest>(bytes) else {
        return;
    };
    client_frame(event.body.unwrap_or_default().as_bytes());
}

/// A batch of the task queue or the updates queue, down to the messages in it.
pub fn sqs_event(bytes: &[u8]) {
    queue_message(&String::from_utf8_lossy(bytes));
    let Ok(event) = serde_json::from_slice::<SqsEvent>(bytes) else {
        return;
    };
    for message in event.records {
        queue_message(message.body.as_deref().unwrap_or_default());
    }
}

/// What is read can be written, and then reads as the same again.
fn queue_message(body: &str) {
    use wire::queue::{
        Request, broadcast_message, hang_up_message, read_request, replay_message, update_message,
    };

    // What becomes of a task message is one name; there is nothing to write again.
    let _ = wire::queue::read_task(body);
    let Ok(request) = read_request(body) else {
        return;
    };
    let written = match &request {
        Request::Push(update) => serde_json::to_string(&update_message(update)),
        Request::Replay(replay) => serde_json::to_string(&replay_message(replay)),
        Request::HangUp(id) => serde_json::to_string(&hang_up_message(id)),
        Request::Broadcast(part) => serde_json::to_string(&broadcast_message(part)),
    };
    let written = written.expect("a message can be written");
    assert_eq!(read_request(&written).expect("and read again"), request);
}
