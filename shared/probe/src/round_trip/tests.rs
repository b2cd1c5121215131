use std::error::Error;

use runtime_api::{Answered, Asked, Cut, HttpServer};
use serde_json::json;

use super::*;

/// A deployment that signs everybody in, and sells no tickets.
async fn without_tickets(asked: Asked) -> Result<Answered, Cut> {
    let (status, body) = match asked.uri().path() {
        "/" => (
            200,
            json!({"AuthenticationResult": {"IdToken": "the-token"}}),
        ),
        _ => (429, json!({"code": "rate_limited"})),
    };
    Ok(answer(status, &body))
}

/// One that knows nobody.
async fn nobody(_: Asked) -> Result<Answered, Cut> {
    Ok(answer(400, &json!({"__type": "NotAuthorizedException"})))
}

fn answer(status: u16, body: &serde_json::Value) -> Answered {
    let mut answer = http::Response::new(body.to_string().into());
    *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
    answer
}

async fn trip(server: &HttpServer) -> RoundTrip {
    let url = format!("http://{}", server.address());
    let target = Target {
        http_url: format!("{url}/api"),
        sign_in_url: format!("{url}/"),
        client_id: "client".into(),
    };
    let login = Login {
        username: "canary".into(),
        password: "the-password".into(),
    };
    Probe::new(target).unwrap().round_trip(&login).await
}

#[tokio::test]
async fn the_step_that_failed_is_named_with_its_reason() {
    let server = HttpServer::start(without_tickets).await.unwrap();
    let trip = trip(&server).await;
    let steps: Vec<_> = trip.steps.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [Step::SignIn]);
    assert!(!trip.is_ok());
    let failed = trip.failed.unwrap();
    assert_eq!(failed.to_string(), "connect failed");
    let cause = failed.source().unwrap().to_string();
    assert_eq!(cause, "the answer was 429 rate_limited");
}

#[tokio::test]
async fn a_failure_shows_no_secret() {
    let server = HttpServer::start(nobody).await.unwrap();
    let refused = trip(&server).await.failed.unwrap();
    assert_eq!(refused.step, Step::SignIn);
    assert!(format!("{refused:?}").contains("NotAuthorizedException"));
    drop(server);
    let login = Login {
        username: "canary".into(),
        password: "the-password".into(),
    };
    for shown in [format!("{refused:?}"), format!("{login:?}")] {
        assert!(!shown.contains("the-password"), "{shown}");
    }
    let ticket = "wss://exa mple/live?ticket=the-ticket";
    let Err(error) = Dialer::new().unwrap().open(ticket).await else {
        panic!("there is no such host");
    };
    assert!(!format!("{error:?}").contains("the-ticket"), "{error:?}");
}

#[tokio::test]
async fn nobody_there_is_an_answer_too() {
    let server = HttpServer::start(nobody).await.unwrap();
    let address = server.address();
    drop(server);
    let target = Target {
        http_url: format!("http://{address}"),
        sign_in_url: format!("http://{address}"),
        client_id: "client".into(),
    };
    let login = Login {
        username: "canary".into(),
        password: "the-password".into(),
    };
    let trip = Probe::new(target).unwrap().round_trip(&login).await;
    assert!(matches!(
        trip.failed.unwrap().cause,
        ProbeError::NoAnswer(_)
    ));
}
