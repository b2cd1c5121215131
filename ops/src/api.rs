//! The HTTP API, asked again where that can help.

use std::time::Duration;

use bytes::Bytes;
use protocol::http::{BroadcastBody, BroadcastTaken, EventsOutcome, TaskBody};
use protocol::problem::Problem;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode};
use retry::{Backoff, Failure, Retry};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::form_urlencoded;

use crate::settings::{Settings, User, Who};

/// Two minutes at most: a deployment, or a database that fails over, is sat out.
const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(30),
    attempts: 10,
};

/// The HTTP API itself gives up after 30 seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// Why the API did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Nobody answered.
    #[error("no answer from {address}: the system may be down, or the address wrong")]
    Unreachable {
        /// Who was asked.
        address: String,
        /// What happened.
        #[source]
        cause: reqwest::Error,
    },
    /// There is no client to ask with, for example because this machine has no root certificates.
    #[error("no HTTP client could be made")]
    Client(#[source] reqwest::Error),
    /// Cognito does not let the user in.
    #[error("signing in as {name} failed: {reason}")]
    SignIn {
        /// The user.
        name: String,
        /// Cognito's words.
        reason: String,
    },
    /// The API refused.
    #[error("the API refused with {status} {code}: {message}")]
    Refused {
        /// The HTTP status code.
        status: StatusCode,
        /// Stable, for programs; empty where the answer had none.
        code: String,
        /// For people.
        message: String,
        /// When to come back, where the API said so.
        not_before: Option<Duration>,
    },
}

impl Failure for ApiError {
    fn retry(&self) -> Retry {
        match self {
            Self::Unreachable { .. } => Retry::Transient,
            // The same submission is being taken on at this very moment.
            Self::Refused {
                status: StatusCode::CONFLICT,
                not_before: Some(later),
                ..
            } => Retry::NotBefore(*later),
            Self::Refused {
                status, not_before, ..
            } if *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                not_before.map_or(Retry::Transient, Retry::NotBefore)
            }
            Self::Client(_) | Self::SignIn { .. } | Self::Refused { .. } => Retry::Permanent,
        }
    }
}

/// A call, with JSON where there is a body.
#[derive(Debug, Clone)]
struct Call<'a> {
    method: Method,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
    body: Bytes,
    /// What makes a repetition one and the same.
    key: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn of(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: Bytes::new(),
            key: None,
        }
    }

    fn address(&self, http_url: &str) -> String {
        let address = format!("{http_url}{}", self.path);
        if self.query.is_empty() {
            return address;
        }
        let pairs = self.query.iter().map(|(name, value)| {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            format!("{name}={encoded}")
        });
        let query: Vec<_> = pairs.collect();
        format!("{address}?{}", query.join("&"))
    }
}

/// The HTTP API, asked by somebody who is signed in.
#[derive(Debug)]
pub struct Api {
    http: Client,
    settings: Settings,
    token: Mutex<String>,
    backoff: Backoff,
}

impl Api {
    /// Signs in.
    pub async fn open(settings: Settings) -> Result<Self, ApiError> {
        let http = Client::builder().build().map_err(ApiError::Client)?;
        let token = match &settings.who {
            Who::Token(token) => token.clone(),
            Who::User(user) => again(&BACKOFF, || sign_in(&http, user)).await?,
        };
        Ok(Self {
            http,
            settings,
            token: Mutex::new(token),
            backoff: BACKOFF,
        })
    }

    /// Has a batch of events taken in; `body` is that of `POST /events`.
    pub async fn take_in(&self, body: Bytes) -> Result<EventsOutcome, ApiError> {
        let call = Call {
            body,
            ..Call::of(Method::POST, "/events")
        };
        again(&self.backoff, || self.send(&call)).await
    }

    /// Has everybody told, once under this key however often it is tried.
    pub async fn broadcast(
        &self,
        body: &BroadcastBody,
        key: &str,
    ) -> Result<BroadcastTaken, ApiError> {
        let call = Call {
            body: json!(body).to_string().into(),
            key: Some(key),
            ..Call::of(Method::POST, "/broadcast")
        };
        again(&self.backoff, || self.send(&call)).await
    }

    /// Calls any path; under a key it is one and the same however often it is tried.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<T, ApiError> {
        let call = Call {
            body: body.map(Value::to_string).unwrap_or_default().into(),
            key,
            ..Call::of(method, path)
        };
        again(&self.backoff, || self.send(&call)).await
    }

    /// Gets a path with a query.
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Vec<(&str, &str)>,
    ) -> Result<T, ApiError> {
        let call = Call {
            query,
            ..Call::of(Method::GET, path)
        };
        again(&self.backoff, || self.send(&call)).await
    }

    /// One task with its history.
    pub async fn task(&self, id: &str) -> Result<TaskBody, ApiError> {
        self.ask(Method::GET, &format!("/tasks/{id}"), None, None)
            .await
    }

    /// Once more with a new token, where the old one has had its hour.
    async fn send<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, ApiError> {
        let token = self.token.lock().await.clone();
        let refused = match self.send_as(&token, call).await {
            Err(error) => error,
            done => return done,
        };
        match (&refused, &self.settings.who) {
            (ApiError::Refused { status, .. }, Who::User(user))
                if *status == StatusCode::UNAUTHORIZED =>
            {
                let token = self.renewed(&token, user).await?;
                self.send_as(&token, call).await
            }
            _ => Err(refused),
        }
    }

    /// Another token than this one. Of those who ask at once only the first signs in.
    async fn renewed(&self, old: &str, user: &User) -> Result<String, ApiError> {
        let mut token = self.token.lock().await;
        if *token == old {
            *token = sign_in(&self.http, user).await?;
        }
        Ok(token.clone())
    }

    async fn send_as<T: DeserializeOwned>(
        &self,
        token: &str,
        call: &Call<'_>,
    ) -> Result<T, ApiError> {
        let address = call.address(&self.settings.http_url);
        let unreachable = |cause| unreachable(&address, cause);
        let request = self
            .http
            .request(call.method.clone(), &address)
            .bearer_auth(token)
            .timeout(PATIENCE);
        let mut request = request.header(CONTENT_TYPE, "application/json");
        if let Some(key) = call.key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(call.body.clone());
        let response = request.send().await.map_err(unreachable)?;
        if response.status().is_success() {
            return response.json().await.map_err(unreachable);
        }
        Err(refusal(response).await)
    }
}

async fn sign_in(http: &Client, user: &User) -> Result<String, ApiError> {
    let body = json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": user.client_id,
        "AuthParameters": {"USERNAME": user.name, "PASSWORD": user.password}});
    let request = http.post(&user.endpoint).timeout(PATIENCE);
    let request = request
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            "AWSCognitoIdentityProviderService.InitiateAuth",
        )
        .body(body.to_string());
    let unreachable = |cause| unreachable(&user.endpoint, cause);
    let response = request.send().await.map_err(unreachable)?;
    if response.status().is_server_error() {
        return Err(refusal(response).await);
    }
    let answer: Value = response.json().await.map_err(unreachable)?;
    let token = answer["AuthenticationResult"]["IdToken"].as_str();
    token.map(str::to_owned).ok_or_else(|| ApiError::SignIn {
        name: user.name.clone(),
        reason: match (answer["message"].as_str(), answer["ChallengeName"].as_str()) {
            (Some(message), _) => message.to_owned(),
            (None, Some(challenge)) => {
                format!("Cognito asks for {challenge}; give ADOLOGY_TOKEN instead")
            }
            (None, None) => "Cognito gave no token".into(),
        },
    })
}

fn unreachable(address: &str, cause: reqwest::Error) -> ApiError {
    ApiError::Unreachable {
        address: address.into(),
        cause: cause.without_url(),
    }
}

async fn refusal(response: Response) -> ApiError {
    let status = response.status();
    let seconds = response.headers().get(RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let text = response.text().await.unwrap_or_default();
    let (code, message) = match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => (problem.code, problem.detail),
        // A gateway's own answer.
        Err(_) => (String::new(), text),
    };
    ApiError::Refused {
        status,
        code,
        message,
        not_before: seconds.map(Duration::from_secs),
    }
}

async fn again<T>(
    backoff: &Backoff,
    mut attempt: impl AsyncFnMut() -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let random = || getrandom::u64().unwrap_or(u64::MAX);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let failure = match attempt().await {
            Err(failure) => failure,
            done => return done,
        };
        let Some(wait) = backoff.next(attempts, failure.retry(), &random) else {
            return Err(failure);
        };
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, not_before: Option<Duration>) -> Retry {
        let refused = ApiError::Refused {
            status: StatusCode::from_u16(status).unwrap(),
            code: String::new(),
            message: String::new(),
            not_before,
        };
        refused.retry()
    }

    #[test]
    fn what_is_asked_for_is_encoded() {
        let list = Call {
            query: vec![("tag", "a&b c"), ("limit", "5")],
            ..Call::of(Method::GET, "/tasks")
        };
        assert_eq!(
            list.address("http://h/api"),
            "http://h/api/tasks?tag=a%26b+c&limit=5"
        );
        let plain = Call::of(Method::GET, "/tasks");
        assert_eq!(plain.address("http://h/api"), "http://h/api/tasks");
    }

    #[test]
    fn what_may_pass_is_tried_again_when_the_api_says() {
        let later = Duration::from_secs(7);
        for status in [429, 500, 502, 503, 504] {
            assert_eq!(refused(status, None), Retry::Transient);
            assert_eq!(refused(status, Some(later)), Retry::NotBefore(later));
        }
        for status in [400, 401, 403, 409, 413, 422] {
            assert_eq!(refused(status, None), Retry::Permanent);
        }
        assert_eq!(refused(409, Some(later)), Retry::NotBefore(later));
    }
}
