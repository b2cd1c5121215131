//! A deployment with the ways to ask it.

use std::time::Duration;

use aws::Sdk;
use aws_call::Caller;
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::deployment::Deployment;
use crate::metrics::Span;
use crate::stack::Stack;

/// How long CloudFormation may take to describe the stack: everything else waits for that.
const DESCRIBED: Duration = Duration::from_millis(1_500);

/// A deployment with the ways to ask it. What is not there says why, in words for people.
#[derive(Debug)]
pub struct Site {
    /// What is known of it; the stack's outputs are among it.
    pub deployment: Deployment,
    /// Settings of the AWS SDK.
    pub sdk: Result<Sdk, String>,
    /// The way to services without an SDK crate.
    pub caller: Result<Caller, String>,
    /// What CloudFormation says.
    pub stack: Result<Stack, String>,
    /// When it is looked at.
    pub now: OffsetDateTime,
}

impl Site {
    /// Finds the stack, and what its outputs say.
    pub async fn find(deployment: Deployment, now: OffsetDateTime) -> Self {
        let sdk = Sdk::load().await.map_err(|error| error.to_string());
        let caller = sdk.as_ref().map_err(String::clone);
        let caller = caller.and_then(|sdk| sdk.caller().map_err(|error| error.to_string()));
        let name = deployment
            .needed("STACK_NAME")
            .map_err(|error| error.to_string());
        let stack = match (name, &caller) {
            (Ok(name), Ok(caller)) => described(caller, name).await,
            (Err(why), _) => Err(why),
            (_, Err(why)) => Err(why.clone()),
        };
        let outputs = stack.as_ref().map(|stack| stack.outputs.clone());
        Self {
            deployment: deployment.with_outputs(outputs.unwrap_or_default()),
            sdk,
            caller,
            stack,
            now,
        }
    }

    /// The stack's name, as it was given.
    pub fn name(&self) -> &str {
        self.deployment.get("STACK_NAME").unwrap_or("no stack")
    }

    /// The last so many minutes.
    pub fn last_minutes(&self, minutes: i64) -> Span {
        (self.now - time::Duration::minutes(minutes), self.now)
    }

    /// Both the way to AWS and the stack.
    ///
    /// # Errors
    ///
    /// One of them is not there; the text says why.
    pub fn described(&self) -> Result<(&Caller, &Stack), &str> {
        let stack = self.stack.as_ref().map_err(String::as_str)?;
        let caller = self.caller.as_ref().map_err(String::as_str)?;
        Ok((caller, stack))
    }
}

async fn described(caller: &Caller, name: &str) -> Result<Stack, String> {
    match timeout(DESCRIBED, Stack::find(caller, name)).await {
        Ok(found) => found.map_err(|error| domain::causes(&error)),
        Err(_) => Err(format!(
            "CloudFormation did not answer within {:.1} s",
            DESCRIBED.as_secs_f64()
        )),
    }
}
