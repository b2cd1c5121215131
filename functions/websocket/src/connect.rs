//! `$connect`: a handshake, authorised by a ticket.

use app::open_connection::OpenConnectionError;
use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use domain::ConnectionId;
use protocol::frames::SUBPROTOCOL;

use crate::answer::Answer;
use crate::state::App;
use crate::subprotocol::{Offer, offered};

/// Opens the connection if client and server have a protocol in common and the ticket is good. On
/// 200 the client's own updates flow at once.
pub(crate) async fn connect(
    app: &App,
    id: ConnectionId,
    event: &ApiGatewayWebsocketProxyRequest,
) -> Answer {
    let offer = offered(event);
    if offer == Offer::Unknown {
        // The ticket is not spent: the client may try again with it.
        let detail = "none of the offered subprotocols is known: offer adology.v1, or none";
        return Answer::refused(400, "Bad Request", "unsupported_subprotocol", detail);
    }
    let ticket = event.query_string_parameters.first("ticket");
    match app
        .open_connection
        .run(id, ticket.unwrap_or_default())
        .await
    {
        Ok(_) if offer == Offer::Ours => Answer::done().speaking(SUBPROTOCOL),
        Ok(_) => Answer::done(),
        Err(error) => refused(error),
    }
}

fn refused(error: OpenConnectionError) -> Answer {
    match error {
        OpenConnectionError::InvalidTicket => {
            let detail = "the ticket is missing, unknown, used or expired: get a new one from POST /realtime/tickets";
            Answer::refused(401, "Unauthorized", "invalid_ticket", detail)
        }
        OpenConnectionError::Store(cause) => {
            let detail = "the ticket cannot be checked now: get a new one in a moment";
            Answer::refused(503, "Service Unavailable", "unavailable", detail).because(cause)
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, id, sample};

    #[tokio::test]
    async fn a_ticket_opens_one_connection() {
        let scene = Scene::new().await;
        let mut second = sample("connect");
        second.request_context.connection_id = Some("another=".into());
        assert_eq!(scene.ask(sample("connect")).await.status, 200);
        assert_eq!(scene.ask(second).await.status, 401);
        assert_eq!(scene.connections.ids(), [id()]);
    }

    #[tokio::test]
    async fn a_protocol_is_chosen_from_those_offered_and_never_else() {
        for (offer, chosen) in [
            (None, None),
            (Some("adology.v1"), Some("adology.v1")),
            (Some("mqtt, adology.v1"), Some("adology.v1")),
        ] {
            let mut event = sample("connect");
            if let Some(offer) = offer {
                let value = offer.parse().unwrap();
                event.headers.insert("sec-websocket-protocol", value);
            }
            let reply = Scene::new().await.ask(event).await;
            assert_eq!(reply.status, 200, "{offer:?}");
            assert_eq!(reply.subprotocol.as_deref(), chosen, "{offer:?}");
        }
    }

    #[tokio::test]
    async fn an_unknown_protocol_does_not_spend_the_ticket() {
        let scene = Scene::new().await;
        let refused = scene.ask(sample("connect-unknown-subprotocol")).await;
        assert_eq!((refused.status, refused.subprotocol), (400, None));
        assert_eq!(scene.ask(sample("connect")).await.status, 200);
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_no_bad_ticket() {
        for call in ["tickets.redeem", "connections.register"] {
            let scene = Scene::new().await;
            scene.faults.always(call, Fault::Unavailable);
            let reply = scene.ask(sample("connect")).await;
            assert_eq!((reply.status, reply.word()), (503, "unavailable"), "{call}");
        }
    }
}
