//! `POST /realtime/tickets`: a ticket for one WebSocket.

use std::sync::Arc;

use app::issue_ticket::{IssueTicketError, IssuedTicket};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::TicketBody;

use crate::edge::{Caller, Refusal, SignedIn};
use crate::state::App;

/// Issues a ticket that opens one WebSocket within 60 seconds
#[utoipa::path(post, path = "/realtime/tickets", tag = "realtime", responses(
    (status = 201, body = TicketBody, description = "Connect to `url`."),
    SignedIn,
))]
pub(crate) async fn issue_ticket(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<(StatusCode, Json<TicketBody>), Refusal> {
    let ticket = app.issue_ticket.run(&caller).await?;
    let body = ticket_body(&app.websocket_url, ticket);
    Ok((StatusCode::CREATED, Json(body)))
}

/// A secret is URL-safe by its making, so it needs no encoding.
fn ticket_body(websocket_url: &str, ticket: IssuedTicket) -> TicketBody {
    TicketBody {
        url: format!("{websocket_url}?ticket={}", ticket.secret),
        ticket: ticket.secret,
        expires_at: ticket.expires_at,
    }
}

impl From<IssueTicketError> for Refusal {
    fn from(IssueTicketError(cause): IssueTicketError) -> Self {
        cause.into()
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn every_ticket_is_another_one() {
        let scene = Scene::new().await;
        let first = scene.ask(sample("ticket")).await.body;
        let second = scene.ask(sample("ticket")).await.body;
        assert_ne!(first["ticket"], second["ticket"]);
        let url = first["url"].as_str().unwrap();
        assert!(url.ends_with(&format!("?ticket={}", first["ticket"].as_str().unwrap())));
    }

    #[tokio::test]
    async fn no_body_is_needed_and_none_is_read() {
        let scene = Scene::new().await;
        for body in [None, Some("not json".to_owned())] {
            let mut event = sample("ticket");
            event.body = body;
            assert_eq!(scene.ask(event).await.status, 201);
        }
    }

    #[tokio::test]
    async fn a_table_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("tickets.issue", Fault::Unavailable);
        assert_eq!(
            scene.ask(sample("ticket")).await.code(),
            (503, "unavailable")
        );
    }
}
