//! What every endpoint shares: who asks, what they sent, how a refusal looks, what is logged.

mod body;
mod caller;
mod claims;
mod event;
mod idempotency;
mod observe;
mod query;
mod refusal;
mod scoped;
mod signed_in;
mod trace;

pub(crate) use body::{JsonBody, read_item};
pub(crate) use caller::Caller;
pub(crate) use event::acceptable;
pub(crate) use idempotency::{IdempotencyHeader, REPLAYED, idempotency_key};
pub(crate) use observe::observe;
pub(crate) use query::Params;
pub(crate) use refusal::Refusal;
pub(crate) use scoped::{Notifier, Operator, WebhookOwner};
pub(crate) use signed_in::SignedIn;
pub(crate) use trace::Traced;
