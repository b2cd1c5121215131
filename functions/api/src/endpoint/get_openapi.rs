//! `GET /openapi.json`: the API's description, made from the code. Open to everybody.

use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::description::describe;
use crate::router::routes_described;
use crate::state::App;

/// The same for the life of the process, and this route is open to everybody.
static DESCRIPTION: OnceLock<Value> = OnceLock::new();

/// Describes this API
#[utoipa::path(get, path = "/openapi.json", tag = "service", security(()), responses(
    (status = 200, body = Object, description = "An OpenAPI 3.1 document."),
))]
pub(crate) async fn get_openapi(State(app): State<Arc<App>>) -> Json<&'static Value> {
    let describe = || describe(&routes_described(), app.kinds.about());
    Json(DESCRIPTION.get_or_init(describe))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::scene::Scene;

    #[tokio::test]
    async fn everything_but_the_open_routes_needs_an_id_token() {
        let description = Scene::new().await.get("/openapi.json").await.body;
        assert_eq!(description["openapi"], "3.1.0");
        assert_eq!(description["security"], json!([{"id_token": []}]));
        for (path, item) in description["paths"].as_object().unwrap() {
            let open = ["/health", "/openapi.json"].contains(&path.as_str());
            for operation in item.as_object().unwrap().values() {
                assert_eq!(operation.get("security").is_some(), open, "{path}");
                assert_eq!(operation["responses"].get("401").is_none(), open, "{path}");
            }
        }
    }
}
