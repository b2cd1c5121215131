//! `external`: work that a program of the tenant's own does, and reports on with `POST /notify`.

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{FieldError, Kind, TaskContext};
use serde_json::{Map, Value};

/// Any work: its input is an object that only the worker outside understands.
#[derive(Debug, Clone, Copy)]
pub struct External;

#[async_trait]
impl Kind for External {
    const NAME: &'static str = "external";
    const TITLE: &'static str = "External";
    const SUMMARY: &'static str =
        "Work that a program of your own does, and reports on with POST /notify.";
    const OUTSIDE: bool = true;
    type Input = Map<String, Value>;
    const COST_DRIVERS: &'static str = "The number of reports: each is an API call with a DynamoDB \
        write, an SQS request and WebSocket messages. What the worker outside costs is not counted.";

    fn check(_: &Self::Input) -> Result<(), Vec<FieldError>> {
        Ok(())
    }

    /// Our workers leave these tasks alone, so nobody calls it.
    async fn run(&self, _: &TaskContext, _: Self::Input) -> Result<Value, Failure> {
        let message = "A task of this kind is run by a worker outside.";
        Err(Failure::permanent("runs_outside", message))
    }
}
