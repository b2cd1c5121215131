//! Who analyses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who analyses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The worker itself, by lexica and counts: at once, always the same, for nothing.
    #[default]
    Builtin,
    /// A language model on Amazon Bedrock, which is paid by the token.
    Bedrock,
}
