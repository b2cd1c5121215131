//! Secrets in Secrets Manager.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use domain::ports::{PortError, RootSecretStore, SecretReader};
use domain::{RootSecret, RootSecrets};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const WHAT: &str = "webhook root secret";

/// The labels that Secrets Manager moves with every rotation
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>).
const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// How long a warm function keeps what it has read: so long after a rotation it signs without the
/// new secret, and so seldom it pays for a call.
pub const KEPT: Duration = Duration::from_mins(5);

/// A root secret, with the one before as long as it keeps its label.
#[derive(Clone)]
pub struct RootSecretReader {
    client: Lazy<Client>,
    id: String,
    kept_for: Duration,
    kept: Arc<Mutex<Option<(Instant, RootSecrets)>>>,
}

/// The secret is in a form that we do not keep.
#[derive(Debug, thiserror::Error)]
#[error("the secret is no text")]
struct NoText;

/// A secret that is read anew each time, for whoever needs it seldom.
#[derive(Debug, Clone)]
pub struct SecretText {
    client: Lazy<Client>,
    id: String,
}

impl SecretText {
    /// Reads the secret with this name or ARN.
    pub fn new(sdk: &Sdk, id: impl Into<String>) -> Self {
        Self {
            client: sdk.secrets(),
            id: id.into(),
        }
    }
}

#[async_trait]
impl SecretReader for SecretText {
    async fn read(&self) -> Result<String, PortError> {
        const SECRET: &str = "secret";
        let call = self.client.get_secret_value().secret_id(&self.id);
        let answer = call.send().await;
        let answer = answer.map_err(|error| port_error(SECRET, error))?;
        let text = answer.secret_string;
        text.ok_or_else(|| PortError::broken(SECRET, NoText))
    }
}

impl RootSecretReader {
    /// Reads the secret with this name or ARN, again after [`KEPT`].
    pub fn new(sdk: &Sdk, id: impl Into<String>) -> Self {
        Self {
            client: sdk.secrets(),
            id: id.into(),
            kept_for: KEPT,
            kept: Arc::default(),
        }
    }

    /// Reads it again after another time.
    #[must_use]
    pub fn kept_for(self, kept_for: Duration) -> Self {
        Self { kept_for, ..self }
    }

    async fn fetch(&self) -> Result<RootSecrets, PortError> {
        let (current, previous) = tokio::join!(self.labelled(CURRENT), self.labelled(PREVIOUS));
        let missing = || PortError::broken(WHAT, "it has no current version");
        Ok(RootSecrets {
            current: current?.ok_or_else(missing)?,
            previous: previous?,
        })
    }

    async fn labelled(&self, label: &str) -> Result<Option<RootSecret>, PortError> {
        let get = self.client.get_secret_value().secret_id(&self.id);
        let value = match get.version_stage(label).send().await {
            Ok(value) => value,
            Err(error) => match error.as_service_error() {
                Some(GetSecretValueError::ResourceNotFoundException(_)) => return Ok(None),
                _ => return Err(port_error(WHAT, error)),
            },
        };
        let text = value.secret_string();
        let text = text.ok_or_else(|| PortError::broken(WHAT, NoText))?;
        let secret = RootSecret::new(text).map_err(|error| PortError::broken(WHAT, error))?;
        Ok(Some(secret))
    }
}

#[async_trait]
impl RootSecretStore for RootSecretReader {
    async fn read(&self) -> Result<RootSecrets, PortError> {
        let mut kept = self.kept.lock().await;
        if let Some((at, roots)) = &*kept
            && at.elapsed() < self.kept_for
        {
            return Ok(roots.clone());
        }
        let roots = self.fetch().await?;
        *kept = Some((Instant::now(), roots.clone()));
        Ok(roots)
    }
}
