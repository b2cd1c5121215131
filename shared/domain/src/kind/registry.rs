//! What workers run from.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Catalogue, Kind, TaskContext, read};
use crate::failure::Failure;

/// The work of a [`Kind`], its input type hidden.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Does the work.
    async fn run(&self, context: &TaskContext, input: &Value) -> Result<Value, Failure>;
}

#[async_trait]
impl<K: Kind> Runner for K {
    async fn run(&self, context: &TaskContext, input: &Value) -> Result<Value, Failure> {
        // The input was valid when it was queued; a newer release may have become stricter.
        let typed = read::<K>(input).map_err(|errors| {
            let text: Vec<_> = errors
                .iter()
                .map(|e| format!("{}: {}", e.field, e.message))
                .collect();
            Failure::permanent("invalid_input", text.join("; "))
        })?;
        Kind::run(self, context, typed).await
    }
}

/// All kinds by name, with what does their work.
#[derive(Clone, Default)]
pub struct Registry {
    catalogue: Catalogue,
    runners: BTreeMap<&'static str, Arc<dyn Runner>>,
}

impl Registry {
    /// Adds a kind.
    #[must_use]
    pub fn with<K: Kind>(mut self, kind: K) -> Self {
        self.catalogue = self.catalogue.with::<K>();
        self.runners.insert(K::NAME, Arc::new(kind));
        self
    }

    /// What the kinds are.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// What does the work of the kind of that name.
    pub fn runner(&self, name: &str) -> Option<&Arc<dyn Runner>> {
        self.runners.get(name)
    }
}
