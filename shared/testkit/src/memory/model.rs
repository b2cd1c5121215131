//! A model that says what a test wants.

use std::collections::VecDeque;

use async_trait::async_trait;
use domain::model::{Part, Prompt, TokenUsage};
use domain::ports::{Answer, ModelError, TextModel};

use super::Kept;

/// What a model does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// It says these parts and ends.
    Say(Vec<String>, TokenUsage),
    /// It says these parts, and then it is asked too much.
    BusyAfter(Vec<String>),
    /// It says these parts, and then the line breaks.
    BreakAfter(Vec<String>),
    /// It is asked too much.
    Busy,
    /// It is away.
    Away,
    /// It refuses.
    Refuse,
}

type Script = dyn Fn(&Prompt) -> Take + Send + Sync;

/// Does one take after the other, and then what its script says of the prompt.
pub struct ScriptedModel {
    takes: Kept<VecDeque<Take>>,
    script: Box<Script>,
    asked: Kept<Vec<Prompt>>,
}

impl ScriptedModel {
    /// A model that does this for each prompt.
    pub fn new(script: impl Fn(&Prompt) -> Take + Send + Sync + 'static) -> Self {
        Self {
            takes: Kept::default(),
            script: Box::new(script),
            asked: Kept::default(),
        }
    }

    /// Does this first.
    pub fn first(&self, take: Take) {
        self.takes.lock().push_back(take);
    }

    /// What it was asked.
    pub fn asked(&self) -> Vec<Prompt> {
        self.asked.lock().clone()
    }
}

#[async_trait]
impl TextModel for ScriptedModel {
    async fn answer(&self, prompt: &Prompt) -> Result<Box<dyn Answer>, ModelError> {
        tokio::task::yield_now().await;
        self.asked.lock().push(prompt.clone());
        let next = self.takes.lock().pop_front();
        let text = |parts: Vec<String>| parts.into_iter().map(|part| Ok(Part::Text(part)));
        let parts: VecDeque<_> = match next.unwrap_or_else(|| (self.script)(prompt)) {
            Take::Say(parts, usage) => text(parts).chain([Ok(Part::End(usage))]).collect(),
            Take::BusyAfter(parts) => text(parts).chain([Err(busy())]).collect(),
            Take::BreakAfter(parts) => text(parts).chain([Err(away())]).collect(),
            Take::Busy => return Err(busy()),
            Take::Away => return Err(away()),
            Take::Refuse => return Err(ModelError::Refused("a planned refusal".into())),
        };
        Ok(Box::new(Scripted(parts)))
    }
}

fn busy() -> ModelError {
    ModelError::Busy("a planned throttling".into())
}

fn away() -> ModelError {
    ModelError::Unavailable("a planned fault".into())
}

struct Scripted(VecDeque<Result<Part, ModelError>>);

#[async_trait]
impl Answer for Scripted {
    async fn next(&mut self) -> Result<Part, ModelError> {
        tokio::task::yield_now().await;
        self.0.pop_front().unwrap_or_else(|| Err(away()))
    }
}
