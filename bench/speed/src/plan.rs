//! What is to be measured.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use runtime_api::Setup;
use serde::Deserialize;
use serde_json::Value;

/// How long one invocation may take; the real timeout of the slowest function that answers.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Whom to measure, and how often.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Cold starts of each subject.
    pub(crate) starts: usize,
    /// Warm invocations of each subject for each number at once.
    pub(crate) invocations: usize,
    /// How many processes of a subject work at once, in turn.
    pub(crate) at_once: Vec<usize>,
    pub(crate) subjects: Vec<Subject>,
}

/// A function that does a job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    /// Who does it, such as `rust`.
    pub(crate) name: String,
    /// What is done; subjects of one job are compared.
    pub(crate) job: String,
    program: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What it is invoked with; without it only its start is measured.
    pub(crate) event: Option<Value>,
    /// The `statusCode` of each answer; anything else ends the run.
    pub(crate) status: Option<u16>,
}

impl Subject {
    pub(crate) fn setup(&self) -> Setup {
        Setup {
            program: self.program.clone(),
            arguments: self.arguments.clone(),
            env: self.env.clone().into_iter().collect(),
            timeout: TIMEOUT,
            at_once: 1,
        }
    }
}

/// There is nothing to measure by.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("name the file of the plan: speed PLAN.json")]
    NoFile,
    #[error("the plan cannot be read")]
    Read(#[from] std::io::Error),
    #[error("the plan is not as it must be")]
    Form(#[from] serde_json::Error),
}

impl Plan {
    /// Reads the file.
    pub(crate) fn read(path: Option<&OsStr>) -> Result<Self, PlanError> {
        let text = std::fs::read(path.ok_or(PlanError::NoFile)?)?;
        Ok(serde_json::from_slice(&text)?)
    }
}
