//! A deployment with the ways to ask it.

use std::error::Error;
use std::time::Duration;

use aws::{NoRegion, Sdk};
use aws_call::{CallError, Caller, NotConfigured};
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::deployment::Deployment;
use crate::metrics::Span;
use crate::settings::SettingsError;
use crate::stack::Stack;

/// How long CloudFormation may take to describe the stack: everything else waits for that.
const DESCRIBED: Duration = Duration::from_millis(1_500);

/// AWS cannot be asked.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum NoCaller {
    /// It is not said in which region.
    #[error(transparent)]
    Region(#[from] NoRegion),
    /// Nor as whom.
    #[error(transparent)]
    Credentials(#[from] NotConfigured),
}

/// The stack is not known.
#[derive(Debug, thiserror::Error)]
pub enum NoStack {
    /// It is not named.
    #[error(transparent)]
    Name(#[from] SettingsError),
    /// Nobody can be asked for it.
    #[error(transparent)]
    Caller(#[from] NoCaller),
    /// CloudFormation refuses, or does not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// CloudFormation takes too long.
    #[error("CloudFormation did not answer within {:.1} s", DESCRIBED.as_secs_f64())]
    Slow,
}

/// A deployment with the ways to ask it. What is not there says why.
#[derive(Debug)]
pub struct Site {
    /// What is known of it; the stack's outputs are among it.
    pub deployment: Deployment,
    /// Settings of the AWS SDK.
    pub sdk: Result<Sdk, NoRegion>,
    /// The way to services without an SDK crate.
    pub caller: Result<Caller, NoCaller>,
    /// What CloudFormation says.
    pub stack: Result<Stack, NoStack>,
    /// When it is looked at.
    pub now: OffsetDateTime,
}

impl Site {
    /// Finds the stack, and what its outputs say.
    pub async fn find(deployment: Deployment, now: OffsetDateTime) -> Self {
        let sdk = Sdk::load().await;
        let caller = match &sdk {
            Ok(sdk) => sdk.caller().map_err(NoCaller::from),
            Err(why) => Err(NoCaller::from(*why)),
        };
        let stack = match (deployment.needed("STACK_NAME"), &caller) {
            (Ok(name), Ok(caller)) => described(caller, name).await,
            (Err(why), _) => Err(why.into()),
            (_, Err(why)) => Err((*why).into()),
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
    /// One of them is not there.
    pub fn described(&self) -> Result<(&Caller, &Stack), &(dyn Error + 'static)> {
        let stack = self.stack.as_ref().map_err(|why| why as _)?;
        let caller = self.caller.as_ref().map_err(|why| why as _)?;
        Ok((caller, stack))
    }
}

async fn described(caller: &Caller, name: &str) -> Result<Stack, NoStack> {
    let found = timeout(DESCRIBED, Stack::find(caller, name)).await;
    Ok(found.map_err(|_| NoStack::Slow)??)
}
