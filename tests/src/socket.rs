//! A WebSocket client.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
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

    /// Connects offering subprotocols, and gives the one that the server has chosen; or gives the
    /// HTTP status of the refusal, 0 where the two do not agree.
    pub async fn open_offering(url: &str, offer: &str) -> Result<(Self, Option<String>), u16> {
        let mut request = url.into_client_request().expect("a URL");
        let value = offer.parse().expect("a header");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", value);
        match connect_async(request).await {
            Ok((stream, response)) => {
                let chosen = response.headers().get("sec-websocket-protocol");
                let chosen = chosen.and_then(|value| value.to_str().ok());
                Ok((Self(stream), chosen.map(ToOwned::to_owned)))
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(Error::Protocol(_)) => Err(0),
            Err(error) => panic!("cannot connect: {error}"),
        }
    }

    /// The next frame, if one comes before this moment; none where it does not, or where the
    /// connection ends.
    pub async fn frame_before(&mut self, end: Instant) -> Option<Value> {
        loop {
            match timeout_at(end, self.0.next()).await.ok()?? {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame of this type; others are skipped.
    pub async fn frame_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Sends JSON, and gives the next frame that is no update.
    pub async fn ask(&mut self, frame: &Value) -> Value {
        self.send(&frame.to_string()).await;
        loop {
            let answer = self.frame().await;
            if answer["type"] != "update" {
                return answer;
            }
        }
    }

    /// Waits until the server closes the connection.
    pub async fn closed(mut self) {
        let ends = async {
            while let Some(Ok(message)) = self.0.next().await {
                if message.is_close() {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, ends)
            .await
            .expect("the server closes in time");
    }

    /// Sends a text, unless the connection has ended.
    pub async fn try_send(&mut self, text: &str) -> bool {
        self.0.send(Message::text(text)).await.is_ok()
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
