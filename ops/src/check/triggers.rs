//! Event source mappings: whether functions take what is in their queues.

use aws_call::{CallError, Caller, Service};
use reqwest::Method;
use serde_json::Value;

use super::{Row, State};
use crate::stack::Stack;

const AREA: &str = "functions";
const KIND: &str = "AWS::Lambda::EventSourceMapping";

/// An event source mapping of the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The queue's name.
    pub queue: String,
    /// The function's name.
    pub function: String,
    /// Such as `Enabled`.
    pub state: String,
    /// Why it was last changed, or what went wrong.
    pub reason: String,
}

impl Trigger {
    fn read(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_default();
        let last = |name: &str| text(name).rsplit(':').next().unwrap_or_default().to_owned();
        Self {
            queue: last("EventSourceArn"),
            function: last("FunctionArn"),
            state: text("State").to_owned(),
            reason: text("StateTransitionReason").to_owned(),
        }
    }

    /// Whether messages reach the function; one that is about to be enabled counts.
    pub fn is_on(&self) -> bool {
        ["Enabled", "Enabling", "Creating", "Updating"].contains(&self.state.as_str())
    }
}

/// All triggers of the stack.
///
/// # Errors
///
/// Lambda does not answer, or one of them is gone.
pub async fn triggers(caller: &Caller, stack: &Stack) -> Result<Vec<Trigger>, CallError> {
    let each = stack.of_kind(KIND).map(async |mapping| {
        let path = format!("/2015-03-31/event-source-mappings/{}", mapping.physical);
        let answer = caller
            .rest(Service::LAMBDA, Method::GET, &path, None)
            .await?;
        Ok(Trigger::read(&answer))
    });
    futures::future::try_join_all(each).await
}

pub(super) async fn check(caller: &Caller, stack: &Stack) -> Row {
    match triggers(caller, stack).await {
        Ok(triggers) => judge(&triggers),
        Err(error) => Row::fail(AREA, "triggers", domain::causes(&error))
            .advise("deploy the stack again: a trigger of it is missing"),
    }
}

/// Those that are off may be so on purpose, while a pool takes the tasks.
fn judge(triggers: &[Trigger]) -> Row {
    let off: Vec<_> = triggers
        .iter()
        .filter(|trigger| !trigger.is_on())
        .map(|trigger| {
            format!(
                "{} of {} ({})",
                trigger.function, trigger.queue, trigger.state
            )
        })
        .collect();
    let on = triggers.len() - off.len();
    let figure = if off.is_empty() {
        format!("{on} on")
    } else {
        format!("{on} on, off: {}", off.join(", "))
    };
    let state = if off.is_empty() {
        State::Ok
    } else {
        State::Warn
    };
    let row = Row::new(AREA, "triggers", state, figure);
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let row = row.with("off", off.len() as f64);
    row.advise("nothing takes that queue's messages, unless a pool does (see `pool`): turn the trigger on in Lambda")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_off_is_named() {
        let read = |state: &str| {
            Trigger::read(&json!({
                "EventSourceArn": "arn:aws:sqs:eu-north-1:1:live-TaskQueue",
                "FunctionArn": "arn:aws:lambda:eu-north-1:1:function:live-worker",
                "State": state,
            }))
        };
        assert_eq!(judge(&[read("Enabled"), read("Enabling")]).state, State::Ok);
        let row = judge(&[read("Enabled"), read("Disabled")]);
        assert_eq!(row.state, State::Warn);
        assert_eq!(
            row.figure,
            "1 on, off: live-worker of live-TaskQueue (Disabled)"
        );
    }
}
