use aws::gateway::Posts;
use domain::ConnectionId;
use domain::ports::{PortError, PostError, Postman};
use testkit::build;

use crate::place::local;

/// Real connections are covered end to end; here, that a dead one is told apart.
#[tokio::test]
async fn a_connection_that_is_not_there_is_gone() {
    let place = local().await;
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap();
    let posts = Posts::new(
        &place.sdk,
        format!("{endpoint}/_aws/execute-api/00000000/live"),
    );
    for id in [
        build::connection_id(),
        ConnectionId::new("JxA1bcQ_IAMCJ-w=").unwrap(),
    ] {
        let outcome = posts.post(&id, "{}").await;
        assert!(matches!(outcome, Err(PostError::Gone)), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_away_is_unavailable() {
    let place = local().await;
    let posts = Posts::new(&place.sdk, "http://127.0.0.1:9");
    let outcome = posts.post(&build::connection_id(), "{}").await;
    let away = matches!(
        outcome,
        Err(PostError::Failed(PortError::Unavailable { .. }))
    );
    assert!(away, "{outcome:?}");
}
