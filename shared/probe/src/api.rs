//! What is asked over HTTP.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::{Login, ProbeError, Target};

/// The smallest of the tasks: figures over the events of the last hour. The user's tenant has none.
fn task() -> Value {
    json!({"kind": "aggregate", "input": {"group_by": ["service"], "window": "1h"}, "tags": ["canary"]})
}

/// A user that has signed in.
pub(crate) struct Session<'a> {
    http: &'a Client,
    target: &'a Target,
    token: String,
}

impl<'a> Session<'a> {
    /// Signs in as the dashboard does: Cognito's `InitiateAuth` needs no signature.
    pub(crate) async fn begin(
        http: &'a Client,
        target: &'a Target,
        login: &Login,
    ) -> Result<Self, ProbeError> {
        let body = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": target.client_id,
            "AuthParameters": {"USERNAME": login.username, "PASSWORD": login.password},
        });
        let request = http
            .post(&target.sign_in_url)
            .header("content-type", "application/x-amz-json-1.1")
            .header(
                "x-amz-target",
                "AWSCognitoIdentityProviderService.InitiateAuth",
            )
            .body(body.to_string());
        let answer = answer(request).await?;
        let token = text(&answer["AuthenticationResult"]["IdToken"], "ID token")?;
        Ok(Self {
            http,
            target,
            token,
        })
    }

    /// The address of a WebSocket, with a ticket in it.
    pub(crate) async fn socket_url(&self) -> Result<String, ProbeError> {
        let answer = answer(self.post("/realtime/tickets", &json!({}))).await?;
        text(&answer["url"], "url")
    }

    /// Submits a task and gives its name.
    pub(crate) async fn submit(&self) -> Result<String, ProbeError> {
        let answer = answer(self.post("/tasks", &task())).await?;
        text(&answer["request_id"], "request_id")
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let base = self.target.http_url.trim_end_matches('/');
        let request = self.http.post(format!("{base}{path}"));
        request.bearer_auth(&self.token).json(body)
    }
}

async fn answer(request: RequestBuilder) -> Result<Value, ProbeError> {
    let no_answer = |error: reqwest::Error| ProbeError::NoAnswer(error.without_url());
    let response = request.send().await.map_err(no_answer)?;
    let status = response.status();
    let text = response.text().await.map_err(no_answer)?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    // The API's problems have a `code`, Cognito's errors a `__type`.
    let code = body["code"].as_str().or_else(|| body["__type"].as_str());
    Err(ProbeError::Refused {
        status: status.as_u16(),
        code: code.unwrap_or_default().to_owned(),
    })
}

fn text(value: &Value, what: &'static str) -> Result<String, ProbeError> {
    let text = value.as_str().ok_or(ProbeError::Lacking(what))?;
    Ok(text.to_owned())
}
