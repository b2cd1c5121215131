//! `POST /uploads`: a form to upload a file by.

use std::sync::Arc;

use app::offer_upload::{OfferUploadError, OfferedUpload, UploadRequest};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use protocol::http::{UploadBody, UploadOffer};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Caller, JsonBody, Refusal, SignedIn};
use crate::state::App;

/// Longest body, in bytes.
const LONGEST_BODY: usize = 4 * 1024;

/// Offers a form to upload one file by, for a task to read
///
/// Post `multipart/form-data` to `url` within a quarter of an hour: every field as it is, then the
/// file as `file`. A task names the file by its `upload_id`; it is kept for a week.
#[utoipa::path(post, path = "/uploads", tag = "tasks", request_body = UploadBody, responses(
    (status = 201, body = UploadOffer, description = "Post the file to `url`."),
    (status = 400, body = Problem, content_type = MEDIA_TYPE, description = "`malformed_json`"),
    (status = 413, body = Problem, content_type = MEDIA_TYPE,
        description = "`upload_too_large` (over 32 MiB), `body_too_large`"),
    (status = 415, body = Problem, content_type = MEDIA_TYPE,
        description = "`unsupported_media_type`"),
    (status = 422, body = Problem, content_type = MEDIA_TYPE,
        description = "`invalid_body`; `errors` names the fields"),
    SignedIn,
))]
pub(crate) async fn post_upload(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<UploadBody, LONGEST_BODY>,
) -> Result<(StatusCode, Json<UploadOffer>), Refusal> {
    let request = UploadRequest {
        file_name: body.file_name,
        content_type: body.content_type,
        bytes: body.bytes,
    };
    let offered = app.offer_upload.run(&caller.tenant, &request).await?;
    tracing::info!(upload.id = %offered.id, "upload offered");
    Ok((StatusCode::CREATED, Json(offer(offered))))
}

fn offer(offered: OfferedUpload) -> UploadOffer {
    UploadOffer {
        upload_id: offered.id.to_string(),
        url: offered.form.url,
        fields: offered.form.fields,
        expires_at: offered.form.expires_at,
        max_bytes: offered.most_bytes,
    }
}

impl From<OfferUploadError> for Refusal {
    fn from(error: OfferUploadError) -> Self {
        let detail = error.to_string();
        match error {
            OfferUploadError::Name => Self::invalid_body("file_name", detail),
            OfferUploadError::Type => Self::invalid_body("content_type", detail),
            OfferUploadError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_too_large", detail)
            }
            OfferUploadError::Store(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::memory::Fault;

    use crate::scene::Scene;

    #[tokio::test]
    async fn what_is_not_read_is_refused_before_it_is_sent() {
        let scene = Scene::new().await;
        for (body, status, code) in [
            (json!({"file_name": "reviews.csv"}), 201, ""),
            (json!({"file_name": "reviews.csv", "bytes": 0}), 201, ""),
            (json!({"file_name": "reviews.pdf"}), 422, "invalid_body"),
            (json!({"file_name": ""}), 422, "invalid_body"),
            (json!({"content_type": "text/csv"}), 422, "invalid_body"),
            (
                json!({"file_name": "a.csv", "bytes": -1}),
                422,
                "invalid_body",
            ),
            (
                json!({"file_name": "a.csv", "key": "zeta/x"}),
                422,
                "invalid_body",
            ),
            (
                json!({"file_name": "a.csv", "bytes": 33_554_433_u64}),
                413,
                "upload_too_large",
            ),
        ] {
            let answer = scene.post("/uploads", &body).await;
            assert_eq!(answer.code(), (status, code), "{body}");
        }
    }

    #[tokio::test]
    async fn the_place_is_ours_to_choose_and_the_tenants_own() {
        let scene = Scene::new().await;
        let body = json!({"file_name": "../zeta/reviews.csv", "bytes": 10});
        let answer = scene.post("/uploads", &body).await.body;
        let key = format!("acme/{}", answer["upload_id"].as_str().unwrap());
        assert_eq!(answer["fields"]["key"], key);
        assert_eq!(answer["max_bytes"], 10);
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_told() {
        let scene = Scene::new().await;
        scene.faults.always("uploads.form", Fault::Unavailable);
        let answer = scene.post("/uploads", json!({"file_name": "a.csv"})).await;
        assert_eq!(answer.code(), (503, "unavailable"));
    }
}
