//! One call of the function `api`.

use runtime_api::Function;
use serde_json::{Value, json};

use crate::plan::Failed;

/// Has the function answer the call with this body instead of its own, and gives what it answers.
///
/// # Errors
/// It does not answer, or not with this status.
pub(crate) async fn call(
    api: &Function,
    event: &Value,
    body: &Value,
    status: u16,
) -> Result<Value, Failed> {
    let mut event = event.clone();
    event["body"] = json!(body.to_string());
    let answer = api.invoke(event).await?;
    if answer["statusCode"] != status {
        return Err(Failed::Answer(answer));
    }
    let body = answer["body"].as_str().unwrap_or_default();
    Ok(serde_json::from_str(body)?)
}
