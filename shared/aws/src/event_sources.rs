//! Event source mappings of Lambda, turned on and off.
//!
//! Calls and answers are those of
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>.

use async_trait::async_trait;
use aws_call::{CallError, Caller, NotConfigured, Service};
use domain::overflow::EventSourceState;
use domain::ports::{EventSources, PortError};
use futures::future::{join_all, try_join_all};
use http::Method;
use serde::Deserialize;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::Sdk;

const WHAT: &str = "event source mappings";

/// The event source mappings with these ids.
#[derive(Debug, Clone)]
pub struct EventSourceMappings {
    caller: Caller,
    ids: Vec<String>,
}

/// What is read of a mapping.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    state: String,
    /// Seconds since 1970.
    last_modified: f64,
}

/// No mappings to speak of.
#[derive(Debug, thiserror::Error)]
#[error("there are no event source mappings")]
struct NoMappings;

impl EventSourceMappings {
    /// Those with these ids.
    ///
    /// # Errors
    ///
    /// There are no credentials, or no region.
    pub fn new(sdk: &Sdk, ids: impl IntoIterator<Item = String>) -> Result<Self, NotConfigured> {
        Ok(Self {
            caller: Caller::new(&sdk.config)?,
            ids: ids.into_iter().collect(),
        })
    }

    async fn mapping(&self, id: &str) -> Result<Mapping, PortError> {
        let path = path(id);
        let call = self.caller.rest(Service::LAMBDA, Method::GET, &path, None);
        let answer = call.await.map_err(port_error)?;
        serde_json::from_value(answer).map_err(|error| PortError::broken(WHAT, error))
    }

    async fn turn(&self, id: &str, enabled: bool) -> Result<(), PortError> {
        let body = json!({ "Enabled": enabled });
        let path = path(id);
        let call = self
            .caller
            .rest(Service::LAMBDA, Method::PUT, &path, Some(&body));
        call.await.map(drop).map_err(port_error)
    }
}

#[async_trait]
impl EventSources for EventSourceMappings {
    async fn state(&self) -> Result<EventSourceState, PortError> {
        let mappings = try_join_all(self.ids.iter().map(|id| self.mapping(id))).await?;
        together(&mappings)
    }

    /// Each is turned, also where another one refuses.
    async fn set(&self, enabled: bool) -> Result<(), PortError> {
        let turned = join_all(self.ids.iter().map(|id| self.turn(id, enabled))).await;
        turned.into_iter().collect()
    }
}

fn path(id: &str) -> String {
    format!("/2015-03-31/event-source-mappings/{id}")
}

fn together(mappings: &[Mapping]) -> Result<EventSourceState, PortError> {
    let mut on = mappings.iter().map(Mapping::is_on);
    let first = on.next();
    let enabled = first.filter(|first| on.all(|on| on == *first));
    let changed_at: Result<Vec<_>, _> = mappings.iter().map(Mapping::changed_at).collect();
    let changed_at = changed_at?.into_iter().max();
    Ok(EventSourceState {
        enabled,
        changed_at: changed_at.ok_or_else(|| PortError::broken(WHAT, NoMappings))?,
    })
}

impl Mapping {
    /// Whether it takes messages, or is about to: a change takes up to a minute. What is about to be
    /// deleted takes none; what is being updated otherwise goes on.
    fn is_on(&self) -> bool {
        !matches!(&*self.state, "Disabled" | "Disabling" | "Deleting")
    }

    fn changed_at(&self) -> Result<OffsetDateTime, PortError> {
        let since = Duration::checked_seconds_f64(self.last_modified);
        since
            .and_then(|since| OffsetDateTime::UNIX_EPOCH.checked_add(since))
            .ok_or_else(|| PortError::broken(WHAT, "LastModified is out of range"))
    }
}

/// What a failed call means to a use case.
fn port_error(error: CallError) -> PortError {
    match error.code() {
        // It is still being changed.
        Some("ResourceInUseException" | "ResourceConflictException") => {
            PortError::Conflict { what: WHAT }
        }
        _ if error.is_transient() => PortError::unavailable(WHAT, error),
        _ => PortError::broken(WHAT, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(state: &str, last_modified: f64) -> Mapping {
        Mapping {
            state: state.into(),
            last_modified,
        }
    }

    #[test]
    fn a_mapping_is_read_as_lambda_tells_it() {
        let told = json!({
            "UUID": "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE",
            "BatchSize": 5,
            "EventSourceArn": "arn:aws:sqs:us-east-2:123456789012:my-queue",
            "FunctionArn": "arn:aws:lambda:us-east-2:123456789012:function:MyFunction",
            "LastModified": 1_569_284_520.333,
            "State": "Enabling",
            "StateTransitionReason": "USER_INITIATED"
        });
        let read: Mapping = serde_json::from_value(told).unwrap();
        assert_eq!(read, mapping("Enabling", 1_569_284_520.333));
        let at = read.changed_at().unwrap();
        assert_eq!(at.unix_timestamp(), 1_569_284_520);
    }

    #[test]
    fn mappings_are_on_or_off_only_together() {
        let cases = [
            (["Enabled", "Enabling"], Some(true)),
            (["Creating", "Updating"], Some(true)),
            (["Disabled", "Disabling"], Some(false)),
            (["Enabled", "Disabled"], None),
            (["Disabling", "Enabled"], None),
        ];
        for (states, enabled) in cases {
            let mappings = [mapping(states[0], 7.0), mapping(states[1], 9.0)];
            let state = together(&mappings).unwrap();
            assert_eq!(state.enabled, enabled, "{states:?}");
            assert_eq!(state.changed_at.unix_timestamp(), 9);
        }
        assert!(together(&[]).is_err());
    }

    #[test]
    fn what_no_calendar_has_is_refused() {
        assert!(mapping("Enabled", f64::MAX).changed_at().is_err());
        assert!(mapping("Enabled", f64::NAN).changed_at().is_err());
    }
}
