//! Language models that are paid by the token.

use time::Date;

use crate::ids::{RequestId, TenantId};
use crate::money::Usd;

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it is to do.
    pub system: String,
    /// What it is to do that with.
    pub text: String,
    /// Its answer is cut off after so many tokens.
    pub most_tokens: u32,
}

impl Prompt {
    /// At least as many tokens as it is made of, save for text that is made to be an exception: two
    /// bytes a token, where words have about four, and some for what the service adds.
    pub fn estimated_tokens(&self) -> u64 {
        let bytes = u64::try_from(self.system.len() + self.text.len()).unwrap_or(u64::MAX);
        bytes / 2 + 50
    }
}

/// What an answer was counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenUsage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
}

/// What a model costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// A million tokens read.
    pub input: Usd,
    /// A million tokens written.
    pub output: Usd,
}

impl Prices {
    /// What that costs.
    pub fn cost(&self, usage: TokenUsage) -> Usd {
        self.input.for_millionths(usage.input) + self.output.for_millionths(usage.output)
    }

    /// What a prompt costs at most.
    pub fn most(&self, prompt: &Prompt) -> Usd {
        self.cost(TokenUsage {
            input: prompt.estimated_tokens(),
            output: prompt.most_tokens.into(),
        })
    }
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The next words.
    Text(String),
    /// There are no more: what it was counted as.
    End(TokenUsage),
}

/// An amount that is set aside before it is spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Who spends it.
    pub tenant: TenantId,
    /// On which task, over all its attempts.
    pub task: RequestId,
    /// On which day, in UTC.
    pub day: Date,
    /// How much.
    pub amount: Usd,
}

/// What may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendLimits {
    /// By one task.
    pub task: Usd,
    /// By one tenant in a day.
    pub tenant: Usd,
}

/// Whether an amount was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It was.
    Granted,
    /// The task would spend more than it may.
    TaskLimit,
    /// The tenant would spend more in this day than it may.
    TenantLimit,
}
