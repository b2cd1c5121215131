//! Sends signed requests and reads what comes back.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use reqwest::Response;
use serde_json::Value;
use url::form_urlencoded;

use crate::sign::{Signer, signed};
use crate::{CallError, Service};

/// A connection inside a region takes milliseconds; two seconds mean that nobody is there.
const CONNECT: Duration = Duration::from_secs(2);

/// Longest time of a call; control planes answer within a second or two.
const LONGEST: Duration = Duration::from_secs(10);

/// Calls AWS services as whoever the SDK's settings say.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Made by the first call: reading the authorities that it trusts would cost each start of a
    /// function some milliseconds, and most never call.
    http: Arc<OnceLock<reqwest::Client>>,
    config: SdkConfig,
    credentials: SharedCredentialsProvider,
    region: String,
}

/// The SDK's settings do not say enough to call anybody.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum NotConfigured {
    /// No region is set.
    #[error("no AWS region is set: AWS_REGION names the one that is meant")]
    Region,
    /// No way to credentials is set.
    #[error("no AWS credentials are set: AWS_PROFILE or AWS_ACCESS_KEY_ID names them")]
    Credentials,
}

impl Caller {
    /// A caller with the credentials, region, time and, locally, the endpoint of `config`.
    pub fn new(config: &SdkConfig) -> Result<Self, NotConfigured> {
        let region = config.region().ok_or(NotConfigured::Region)?.to_string();
        let credentials = config
            .credentials_provider()
            .ok_or(NotConfigured::Credentials)?;
        Ok(Self {
            http: Arc::default(),
            config: config.clone(),
            credentials,
            region,
        })
    }

    /// Calls an operation of a service of the protocols AWS JSON 1.0 and 1.1, such as `DescribeAlarms`.
    ///
    /// # Errors
    /// See [`CallError`]; a refusal carries the service's code and words.
    pub async fn json(
        &self,
        service: Service,
        operation: &str,
        body: &Value,
    ) -> Result<Value, CallError> {
        let request = self
            .request(service, Method::POST, "/")
            .header("x-amz-target", format!("{}.{operation}", service.target));
        let answer = self.send(service, request, body.to_string()).await?;
        parsed(service, &answer)
    }

    /// Calls a path of a REST service, with its query if it has one; no body means none is sent.
    ///
    /// # Errors
    /// See [`CallError`]; an empty answer is `null`.
    pub async fn rest(
        &self,
        service: Service,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        let request = self.request(service, method, path);
        let body = body.map(Value::to_string).unwrap_or_default();
        let answer = self.send(service, request, body).await?;
        parsed(service, &answer)
    }

    /// Calls an action of a service that speaks the query protocol; the answer is its XML.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn query(
        &self,
        service: Service,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String, CallError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(parameters)
            .finish();
        self.send(service, self.request(service, Method::POST, "/"), form)
            .await
    }

    /// Two first calls at once make two clients, one of which is kept.
    fn http(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(LONGEST)
            .build()?;
        Ok(self.http.get_or_init(|| http))
    }

    fn request(&self, service: Service, method: Method, path: &str) -> http::request::Builder {
        let base = self.config.endpoint_url().map_or_else(
            || service.address(&self.region),
            |url| url.trim_end_matches('/').to_owned(),
        );
        Request::builder()
            .method(method)
            .uri(format!("{base}{path}"))
            .header(CONTENT_TYPE, service.content)
    }

    async fn send(
        &self,
        service: Service,
        request: http::request::Builder,
        body: String,
    ) -> Result<String, CallError> {
        let name = service.name;
        let unsigned = |source| CallError::Unsigned {
            service: name,
            source,
        };
        let request = request
            .body(body.into_bytes())
            .map_err(|error| unsigned(error.into()))?;
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials.map_err(|error| CallError::Credentials {
            service: name,
            source: error.into(),
        })?;
        let signer = Signer {
            credentials: &credentials,
            service: name,
            region: service.region_for(&self.region),
            now: self.config.time_source().unwrap_or_default().now(),
        };
        let request = signed(&signer, request).map_err(unsigned)?;
        let request =
            reqwest::Request::try_from(request).map_err(|error| unsigned(error.into()))?;
        let unreachable = |error: reqwest::Error| CallError::Unreachable {
            service: name,
            source: error.without_url(),
        };
        let http = self.http().map_err(|source| CallError::NoClient {
            service: name,
            source,
        })?;
        let response = http.execute(request).await.map_err(unreachable)?;
        if response.status().is_success() {
            return response.text().await.map_err(unreachable);
        }
        Err(refusal(service, response).await)
    }
}

fn parsed(service: Service, answer: &str) -> Result<Value, CallError> {
    if answer.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(answer).map_err(|source| CallError::NotJson {
        service: service.name,
        source,
    })
}

/// Services put the code into a header or the body, alone or behind a namespace or before a link.
async fn refusal(service: Service, response: Response) -> CallError {
    let status = response.status().as_u16();
    let header = response
        .headers()
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let text = response.text().await.unwrap_or_default();
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let field = |names: [&str; 3]| {
        names
            .iter()
            .find_map(|name| body[name].as_str())
            .map(str::to_owned)
    };
    let code = header
        .or_else(|| field(["__type", "code", "Code"]))
        .or_else(|| element(&text, "Code"))
        .unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    let message = field(["message", "Message", "errorMessage"])
        .or_else(|| element(&text, "Message"))
        .unwrap_or_else(|| "without a word".to_owned());
    CallError::Refused {
        service: service.name,
        status,
        code,
        message,
    }
}

/// The text of the first element of that name: errors of the query protocol are this flat.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests;
