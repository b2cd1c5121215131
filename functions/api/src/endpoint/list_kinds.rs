//! `GET /kinds`: what tasks there are, and what each takes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::kind::About;
use protocol::http::{KindBody, KindsBody};

use crate::edge::{Caller, SignedIn};
use crate::state::App;

/// Lists the kinds of tasks
///
/// Each with the JSON Schema of its input, for forms and for checks before a submission.
#[utoipa::path(get, path = "/kinds", tag = "tasks", responses(
    (status = 200, body = KindsBody, description = "Every kind, by name."),
    SignedIn,
))]
pub(crate) async fn list_kinds(State(app): State<Arc<App>>, _: Caller) -> Json<KindsBody> {
    let kinds = app.kinds.about().map(shown).collect();
    Json(KindsBody { kinds })
}

fn shown(about: About) -> KindBody {
    KindBody {
        name: about.name.into(),
        title: about.title.into(),
        summary: about.summary.into(),
        cost_drivers: about.cost_drivers.into(),
        outside: about.outside,
        input: about.input,
    }
}

#[cfg(test)]
mod tests {
    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn what_is_submitted_by_a_sample_is_listed() {
        let listed = Scene::new().await.ask(sample("list-kinds")).await.body;
        let kinds = listed["kinds"].as_array().unwrap();
        for name in ["aggregate", "analyze", "export", "external"] {
            assert!(kinds.iter().any(|kind| kind["name"] == name), "{name}");
        }
    }
}
