//! A WebSocket client.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_mins(1);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, or gives the HTTP status of the refusal.
    pub async fn open(url: &str) -> Result<Self, u16> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("cannot connect: {error}"),
        }
    }

    /// Sends a text.
    pub async fn send(&mut self, text: &str) {
        self.0
            .send(Message::text(text))
            .await
            .expect("the socket takes a text");
    }

    /// Sends bytes.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0
            .send(Message::binary(bytes.to_vec()))
            .await
            .expect("the socket takes bytes");
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Value {
        self.frame_within(PATIENCE).await
    }

    /// The next frame, where it may take this long.
    pub async fn frame_within(&mut self, patience: Duration) -> Value {
        let next = async {
            loop {
                match self
                    .0
                    .next()
                    .await
                    .expect("the socket stays open")
                    .expect("a frame")
                {
                    Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                    Message::Close(close) => panic!("the server closed: {close:?}"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(patience, next)
            .await
            .expect("a frame in time")
    }

    /// The frames of one task, until it has ended.
    pub async fn updates_of(&mut self, request_id: &str) -> Vec<Value> {
        let mut updates = Vec::new();
        loop {
            let frame = self.frame().await;
            if frame["request_id"] == request_id {
                let ended = frame["status"] != "processing";
                updates.push(frame);
                if ended {
                    return updates;
                }
            }
        }
    }

    /// Closes properly.
    pub async fn close(mut self) {
        self.0.close(None).await.expect("the socket closes");
    }
}
