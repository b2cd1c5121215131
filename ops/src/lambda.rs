//! The deployed functions, by Lambda's own API.

use async_trait::async_trait;
use aws_call::{Caller, Service};
use http::Method;
use ops::replay::{Deployed, DeployedError};
use serde_json::Value;

/// The functions of a stack.
pub(crate) struct Functions {
    /// Asks Lambda.
    pub(crate) caller: Caller,
    /// What their names begin with.
    pub(crate) stack: String,
}

impl Functions {
    fn path(&self, function: &str, what: &str) -> String {
        format!("/2015-03-31/functions/{}-{function}/{what}", self.stack)
    }
}

#[async_trait]
impl Deployed for Functions {
    async fn variables(&self, function: &str) -> Result<Vec<(String, String)>, DeployedError> {
        let path = self.path(function, "configuration");
        let answer = self
            .caller
            .rest(Service::LAMBDA, Method::GET, &path, None)
            .await?;
        let variables = answer["Environment"]["Variables"].as_object();
        let pairs = variables.into_iter().flatten();
        let pairs =
            pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Ok(pairs.collect())
    }

    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, DeployedError> {
        let path = self.path(function, "invocations");
        let answer = self
            .caller
            .rest(Service::LAMBDA, Method::POST, &path, Some(event))
            .await?;
        // An error of the function is told in the answer, with a 200.
        match (
            answer["errorType"].as_str(),
            answer["errorMessage"].as_str(),
        ) {
            (Some(kind), Some(message)) => Err(DeployedError::Reported {
                kind: kind.to_owned(),
                message: message.to_owned(),
            }),
            _ => Ok(answer),
        }
    }
}
