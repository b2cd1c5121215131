//! Where texts among events are found.

use async_trait::async_trait;

use super::PortError;
use crate::ids::TenantId;
use crate::texts::TextQuery;

/// A text with the event it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundText {
    /// The event's id.
    pub id: String,
    /// The text.
    pub text: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundTexts {
    /// Of the newest event first.
    pub texts: Vec<FoundText>,
    /// Whether the limits cut off older ones.
    pub more: bool,
}

/// Finds texts among a tenant's events.
#[async_trait]
pub trait Texts: Send + Sync {
    /// The texts that match, of the newest events first, within the query's limits.
    async fn find(&self, tenant: &TenantId, query: &TextQuery) -> Result<FoundTexts, PortError>;
}
