//! Single-use tickets that let a browser open a WebSocket.
//!
//! A browser cannot set headers on a WebSocket handshake, and a token in a URL would reach access
//! logs. So the signed-in page buys a ticket over HTTPS and spends it once, within seconds.

use time::{Duration, OffsetDateTime};

use crate::ids::Identity;

/// How long a ticket can be spent.
pub const LIFETIME: Duration = Duration::seconds(60);

/// A ticket as it is stored: the secret itself is known to its buyer only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// SHA-256 of the secret, in lower-case hex.
    pub digest: String,
    /// Who may connect with it.
    pub identity: Identity,
    /// From this moment on it is worthless.
    pub expires_at: OffsetDateTime,
}

impl Ticket {
    /// Whether the ticket can still be spent.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.expires_at
    }
}
