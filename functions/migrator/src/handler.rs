//! What became of both migrations, for whoever invokes the function.

use boot::SUMMARY;
use lambda_runtime::Diagnostic;
use serde::Serialize;

/// The steps that were made, or why they were not.
pub(crate) type Made = Result<Vec<String>, lambda_runtime::Error>;

/// The steps that were made now; none where everything was as it should be.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    postgres: Vec<String>,
    mongodb: Vec<String>,
}

/// A database is not what this release needs. The other one may be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failed(String);

impl From<Failed> for Diagnostic {
    fn from(error: Failed) -> Self {
        Self {
            error_type: "Failed".into(),
            error_message: error.to_string(),
        }
    }
}

/// Tells it, and logs it. Errors name no address: it holds a password.
pub(crate) fn tell(postgres: Made, mongodb: Made, duration_ms: f64) -> Result<Answer, Failed> {
    let mut wrong = Vec::new();
    let mut steps = |server: &str, made: Made| {
        made.unwrap_or_else(|error| {
            wrong.push(format!("{server}: {}", boot::causes(error.as_ref())));
            Vec::new()
        })
    };
    let answer = Answer {
        postgres: steps("postgres", postgres),
        mongodb: steps("mongodb", mongodb),
    };
    let (made_postgres, made_mongodb) = (answer.postgres.join(", "), answer.mongodb.join(", "));
    if wrong.is_empty() {
        tracing::info!(
            target: SUMMARY,
            postgres = made_postgres,
            mongodb = made_mongodb,
            duration_ms,
            "migrated"
        );
        return Ok(answer);
    }
    let error = wrong.join("; ");
    tracing::error!(
        target: SUMMARY,
        error,
        postgres = made_postgres,
        mongodb = made_mongodb,
        duration_ms,
        "not migrated"
    );
    Err(Failed(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_of_both_are_told() {
        let answer = tell(Ok(vec!["V1__init".into()]), Ok(vec![]), 1.0).unwrap();
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(json, r#"{"postgres":["V1__init"],"mongodb":[]}"#);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = |text: &str| Err(text.to_owned().into());
        let both = tell(wrong("away"), wrong("refused"), 1.0).unwrap_err();
        assert_eq!(both.to_string(), "postgres: away; mongodb: refused");
        let one = tell(Ok(vec!["V1__init".into()]), wrong("refused"), 1.0).unwrap_err();
        assert_eq!(Diagnostic::from(one).error_message, "mongodb: refused");
    }
}
