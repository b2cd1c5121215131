//! `$disconnect`: the connection is closed, whoever closed it.

use domain::ConnectionId;

use crate::answer::Answer;
use crate::state::App;

/// Forgets the connection. API Gateway ignores the answer, so a failure is only logged: the row
/// goes when a post finds the connection gone, or when it expires.
pub(crate) async fn disconnect(app: &App, id: ConnectionId) -> Answer {
    match app.close_connection.run(&id).await {
        Ok(()) => Answer::done(),
        Err(error) => Answer::done().with_code("unavailable").because(error),
    }
}

#[cfg(test)]
mod tests {
    use testkit::memory::Fault;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn it_is_answered_whatever_happens() {
        let scene = Scene::new().await;
        assert_eq!(scene.ask(sample("disconnect")).await.status, 200);
        scene
            .faults
            .always("connections.remove", Fault::Unavailable);
        assert_eq!(scene.ask(sample("disconnect")).await.status, 200);
    }
}
