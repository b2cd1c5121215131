//! Language models, and what is spent on them.

use std::error::Error;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::PortError;
use crate::model::{Part, Prompt, Reservation, Reserved, SpendLimits};
use crate::money::Usd;

/// Why a model gave no answer, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is asked too much at the moment.
    #[error("the model is asked too much at the moment")]
    Busy(#[source] Box<dyn Error + Send + Sync>),
    /// It is away, or its answer broke off. Trying again can help.
    #[error("the model is unavailable, or its answer broke off")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It refuses the request, whoever may send it again: wrong, forbidden, or for no such model.
    #[error("the model refused the request")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

/// Answers prompts.
#[async_trait]
pub trait TextModel: Send + Sync {
    /// Begins an answer.
    async fn answer(&self, prompt: &Prompt) -> Result<Box<dyn Answer>, ModelError>;
}

/// An answer that is being written. Dropping it breaks it off.
#[async_trait]
pub trait Answer: Send {
    /// The next part. [`Part::End`] comes last, once; an answer that breaks off before it is an
    /// error.
    async fn next(&mut self) -> Result<Part, ModelError>;
}

/// Counts what tenants and tasks spend.
#[async_trait]
pub trait Spending: Send + Sync {
    /// Sets an amount aside for its task and its day, both or neither, if what is set aside and
    /// spent stays within both limits, however many ask at the same time.
    async fn reserve(
        &self,
        reservation: &Reservation,
        limits: SpendLimits,
        now: OffsetDateTime,
    ) -> Result<Reserved, PortError>;

    /// Gives back what was set aside and not spent.
    async fn settle(&self, reservation: &Reservation, spent: Usd) -> Result<(), PortError>;
}
