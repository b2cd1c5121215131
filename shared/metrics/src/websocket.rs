//! Counts what happens on WebSocket connections.

use emf::{Metric, Unit};

use crate::Meter;

const OPENED: Metric = Metric::new("ConnectionsOpened", Unit::Count);
const CLOSED: Metric = Metric::new("ConnectionsClosed", Unit::Count);
const FRAMES: Metric = Metric::new("Frames", Unit::Count);
const REFUSED: Metric = Metric::new("WebsocketRefused", Unit::Count);

impl Meter {
    /// A handshake that was accepted.
    pub fn connection_opened(&self) {
        self.by(&[]).increment(&OPENED);
    }

    /// A connection that is closed, whoever closed it.
    pub fn connection_closed(&self) {
        self.by(&[]).increment(&CLOSED);
    }

    /// A client's frame. `action` is one of few: each makes a metric of its own.
    pub fn frame(&self, action: &str) {
        self.by(&[("Action", action)]).increment(&FRAMES);
    }

    /// A handshake or a frame that was answered by an error, with its stable code.
    pub fn websocket_refused(&self, code: &str) {
        self.by(&[("Code", code)]).increment(&REFUSED);
    }
}
