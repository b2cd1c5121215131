//! Updates as a browser gets them: a ticket, a WebSocket, subscriptions, and what was missed after a cut.

use std::io;
use std::time::Duration;

use probe::{Dialer, NotBuilt, ProbeError, Socket};
use protocol::frames::{ClientFrame, ServerFrame};
use protocol::http::TicketBody;
use reqwest::Method;
use retry::{Backoff, Jitter};
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::following::{Change, Following, Heard};
use crate::api::{Api, ApiError};

/// Silence after which the connection is tried: API Gateway closes one that has been idle for ten minutes
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const SILENCE: Duration = Duration::from_mins(4);

/// How long the answer to that may take.
const PONG: Duration = Duration::from_secs(20);

/// How long opening a connection may take, a ticket included.
const OPENING: Duration = Duration::from_secs(15);

/// From one connection to the next, after a cut.
const AGAIN: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(8),
    attempts: 6,
};

/// Why there are no live updates any more.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// No client.
    #[error(transparent)]
    Client(#[from] NotBuilt),
    /// No ticket.
    #[error("no ticket for the WebSocket")]
    Ticket(#[from] ApiError),
    /// The WebSocket is refused, or cut again and again.
    #[error(transparent)]
    Socket(#[from] ProbeError),
    /// It did not open in time.
    #[error("the WebSocket did not open within {} s", OPENING.as_secs())]
    Slow,
    /// The server does not do what it was asked.
    #[error("{0}")]
    Refused(String),
    /// Nobody reads what is told.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Tells changes until there is nothing more to wait for, or until then.
///
/// # Errors
///
/// There are no live updates, or none any more: what was told is known to `following`.
pub async fn follow(
    following: &mut Following,
    api: &Api,
    until: Instant,
    jitter: &(impl Jitter + ?Sized),
    tell: &mut impl FnMut(&Change) -> io::Result<()>,
) -> Result<(), LiveError> {
    let dialer = Dialer::new()?;
    let mut failures = 0;
    // The first refusal is the last: whoever cannot connect at all is better served by the history.
    let mut connected = false;
    while !following.is_over() && Instant::now() < until {
        let opened = timeout(OPENING, open(following, api, &dialer)).await;
        let cut = match opened.unwrap_or(Err(LiveError::Slow)) {
            Ok(mut socket) => {
                connected = true;
                let heard = listen(&mut socket, following, until, jitter, tell).await;
                socket.close().await;
                match heard {
                    Ok(some) => {
                        if some {
                            failures = 0;
                        }
                        continue;
                    }
                    Err(LiveError::Socket(error)) => LiveError::Socket(error),
                    Err(error) => return Err(error),
                }
            }
            Err(error) => error,
        };
        failures += 1;
        match AGAIN.next(failures, retry::Retry::Transient, jitter) {
            Some(wait) if connected => sleep_until((Instant::now() + wait).min(until)).await,
            _ => return Err(cut),
        }
    }
    Ok(())
}

async fn open(following: &Following, api: &Api, dialer: &Dialer) -> Result<Socket, LiveError> {
    let body = json!({});
    let ticket: TicketBody = api
        .ask(Method::POST, "/realtime/tickets", Some(&body), None)
        .await?;
    let mut socket = dialer.open(&ticket.url).await?;
    for frame in following.greetings() {
        say(&mut socket, &frame).await?;
    }
    Ok(socket)
}

async fn say(socket: &mut Socket, frame: &ClientFrame) -> Result<(), LiveError> {
    let text = serde_json::to_string(frame).map_err(io::Error::other)?;
    Ok(socket.say(text).await?)
}

/// Listens to one connection until it is to be replaced, or nothing more is to be waited for; says whether it was of
/// any use.
async fn listen(
    socket: &mut Socket,
    following: &mut Following,
    until: Instant,
    jitter: &(impl Jitter + ?Sized),
    tell: &mut impl FnMut(&Change) -> io::Result<()>,
) -> Result<bool, LiveError> {
    let (mut useful, mut leave_at) = (false, until);
    let mut asked = false;
    while !following.is_over() {
        let patience = if asked { PONG } else { SILENCE };
        let end = (Instant::now() + patience).min(leave_at);
        let Ok(heard) = timeout_at(end, socket.hear()).await else {
            if Instant::now() >= leave_at {
                return Ok(useful);
            }
            if asked {
                return Err(ProbeError::TooLong(PONG).into());
            }
            say(socket, &ClientFrame::Ping {}).await?;
            asked = true;
            continue;
        };
        let Some(text) = heard? else {
            return if useful {
                Ok(true)
            } else {
                Err(ProbeError::Closed.into())
            };
        };
        (useful, asked) = (true, false);
        // A frame of a later version of the protocol is none for us.
        let Ok(frame) = serde_json::from_str::<ServerFrame>(&text) else {
            continue;
        };
        match following.hear(frame) {
            Heard::Change(change) => tell(&change)?,
            Heard::Bye(within) => {
                let wait = Duration::from_millis(jitter.bits() % within.saturating_add(1).max(1));
                leave_at = leave_at.min(Instant::now() + wait);
            }
            Heard::Trouble(words) => return Err(LiveError::Refused(words)),
            Heard::Nothing => {}
        }
    }
    Ok(useful)
}
