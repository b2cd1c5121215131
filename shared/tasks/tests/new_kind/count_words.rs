//! Counts words.

use std::time::Duration;

use async_trait::async_trait;
use domain::Failure;
use domain::kind::{FieldError, Kind, RETRY, TaskContext};
use retry::Backoff;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a caller sends. Unknown fields are refused, so that a misspelling is no silent default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountWordsInput {
    /// What to count the words of.
    text: String,
}

/// Counts the words of a text.
pub(crate) struct CountWords;

#[async_trait]
impl Kind for CountWords {
    const NAME: &'static str = "count_words";
    /// What forms show.
    const TITLE: &'static str = "Count words";
    const SUMMARY: &'static str = "Counts the words of a text.";
    type Input = CountWordsInput;

    /// What its tasks' cost grows with, for whoever submits them.
    const COST_DRIVERS: &'static str =
        "The worker's time: a millisecond for some megabytes of text.";

    /// Cheap to repeat, so often and soon. Leave this out for five attempts of up to a minute apart.
    const RETRY: Backoff = Backoff {
        base: Duration::from_millis(200),
        attempts: 8,
        ..RETRY
    };

    /// What types cannot express. Every mistake names its field and what would be right.
    fn check(input: &CountWordsInput) -> Result<(), Vec<FieldError>> {
        if input.text.trim().is_empty() {
            return Err(vec![FieldError::new("text", "must hold a word")]);
        }
        Ok(())
    }

    /// The value is the task's result. The future is dropped when the task is called off.
    async fn run(&self, context: &TaskContext, input: CountWordsInput) -> Result<Value, Failure> {
        context.report(10, "counting");
        let words = input.text.split_whitespace().count();
        if words > 1_000_000 {
            let message = "The text has more than a million words; send it in parts.";
            return Err(Failure::permanent("text_too_long", message));
        }
        Ok(json!({ "words": words }))
    }
}
