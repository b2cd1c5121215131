//! Which path leads where, and the API's own description.

use std::sync::Arc;

use axum::routing::MethodRouter;
use axum::{Router, middleware};
use http::StatusCode;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Description};
use utoipa::{Modify, OpenApi};

use crate::edge::{Refusal, observe};
use crate::endpoint::{
    cancel_task, get_connections, get_dashboard, get_health, get_logs, get_openapi, get_report,
    get_result, get_system, get_task, get_time_series, get_webhook_secret, issue_ticket,
    list_dead_letters, list_kinds, list_reports, list_tasks, post_broadcast, post_events,
    post_notify, post_upload, redrive_dead_letters, retry_task, submit_batch, submit_task,
};
use crate::state::App;

/// One table with two readers: the router, which every start makes, and the description, which takes as long to make as
/// all else in a start and which hardly anybody asks for.
macro_rules! routes {
    ($($path:literal => $($method:ident $endpoint:ident)+,)+) => {
        fn routed() -> Router<Arc<App>> {
            Router::new()
                $(.route($path, MethodRouter::new()$(.$method($endpoint::$endpoint))+))+
        }

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Adology",
                description = "Immediate queries, background tasks and live updates for a dashboard.\n\nEvery error is \
                    an RFC 9457 problem with a stable `code`. Every route but the open ones takes a user pool's ID token, \
                    and answers with the data of that token's tenant only."
            ),
            security(("id_token" = [])),
            modifiers(&IdToken),
            paths($($($endpoint::$endpoint),+),+)
        )]
        struct Api;
    };
}

routes! {
    "/health" => get get_health,
    "/openapi.json" => get get_openapi,
    "/dashboard" => get get_dashboard,
    "/dashboard/timeseries" => get get_time_series,
    "/logs" => get get_logs,
    "/reports" => get list_reports,
    "/reports/{id}" => get get_report,
    "/events" => post post_events,
    "/kinds" => get list_kinds,
    "/tasks" => post submit_task get list_tasks,
    "/tasks/batch" => post submit_batch,
    "/tasks/{id}" => get get_task delete cancel_task,
    "/tasks/{id}/retry" => post retry_task,
    "/tasks/{id}/result" => get get_result,
    "/uploads" => post post_upload,
    "/realtime/tickets" => post issue_ticket,
    "/broadcast" => post post_broadcast,
    "/notify" => post post_notify,
    "/webhooks/secret" => get get_webhook_secret,
    "/operators/system" => get get_system,
    "/operators/connections" => get get_connections,
    "/operators/dead-letters" => get list_dead_letters,
    "/operators/dead-letters/redrive" => post redrive_dead_letters,
}

struct IdToken;

impl Modify for IdToken {
    fn modify(&self, description: &mut Description) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The ID token of a Cognito sign-in."))
            .build();
        let components = description.components.get_or_insert_with(Components::new);
        components.add_security_scheme("id_token", SecurityScheme::Http(bearer));
    }
}

/// The whole API over these use cases.
pub(crate) fn router(app: Arc<App>) -> Router {
    let traces = Arc::clone(&app.traces);
    routed()
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(traces, observe))
        .with_state(app)
}

/// What the routes say of themselves.
pub(crate) fn routes_described() -> Description {
    Api::openapi()
}

async fn not_found() -> Refusal {
    let detail = "there is nothing here; GET /openapi.json lists what there is";
    Refusal::new(StatusCode::NOT_FOUND, "not_found", detail)
}

async fn method_not_allowed() -> Refusal {
    let detail = "this path does not take that method; the Allow header lists those it takes";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

#[cfg(test)]
mod tests {
    use lambda_http::http::Method;

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn a_wrong_method_is_answered_with_the_right_ones() {
        let scene = Scene::new().await;
        for (path, allowed) in [("/dashboard", "GET,HEAD"), ("/tasks", "POST,GET,HEAD")] {
            let mut event = sample("wrong-method");
            event.raw_path = Some(path.into());
            let answer = scene.ask(event).await;
            assert_eq!(answer.code(), (405, "method_not_allowed"));
            assert_eq!(answer.headers["allow"], allowed, "{path}");
        }
    }

    #[tokio::test]
    async fn paths_are_exact() {
        let scene = Scene::new().await;
        for path in [
            "/",
            "/tasks/",
            "//tasks",
            "/Tasks",
            "/tasks/a/b",
            "/health/..",
        ] {
            assert_eq!(scene.get(path).await.code(), (404, "not_found"), "{path}");
        }
    }

    #[tokio::test]
    async fn every_route_but_the_open_ones_refuses_a_caller_without_claims() {
        let scene = Scene::new().await;
        let description = scene.get("/openapi.json").await.body;
        for (path, item) in description["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                let mut event = sample("without-claims");
                event.raw_path = Some(path.clone());
                let method = method.to_uppercase();
                event.request_context.http.method = Method::from_bytes(method.as_bytes()).unwrap();
                let open = ["/health", "/openapi.json"].contains(&path.as_str());
                let status = if open { 200 } else { 401 };
                assert_eq!(scene.ask(event).await.status, status, "{method} {path}");
            }
        }
    }
}
