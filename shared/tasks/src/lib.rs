//! Task kinds, one file each.
//!
//! A new kind is one file with one type that implements [`Kind`](domain::kind::Kind), and one line
//! in [`registry`].

mod aggregate;
mod analyze;
mod export;
mod external;
mod object;
mod schema;
#[cfg(test)]
mod schemas_agree;
mod stored;

use std::sync::Arc;

use domain::kind::Registry;
use domain::ports::Aggregation;

pub use aggregate::{Aggregate, AggregateInput};
pub use analyze::sentiment::sentiment;
pub use analyze::{
    Analyze, AnalyzeInput, AnalyzeNeeds, Document, ModelService, Provider, QueryInput,
};
pub use export::{Compression, Export, ExportInput, ExportNeeds, Format, OpenUploads};
pub use external::External;

/// What the kinds need from the outside.
#[derive(Clone)]
pub struct Needs {
    /// Aggregates a tenant's requests.
    pub aggregation: Arc<dyn Aggregation>,
    /// Gives rows, and takes files.
    pub export: ExportNeeds,
    /// What analyses need.
    pub analyze: AnalyzeNeeds,
}

/// Every kind there is. Who only submits tasks needs this too: names and checks of inputs.
pub fn registry(needs: Needs) -> Registry {
    Registry::default()
        .with(Aggregate::new(needs.aggregation))
        .with(Analyze::new(needs.analyze))
        .with(Export::new(needs.export))
        .with(External)
}

#[cfg(test)]
mod tests {
    use testkit::memory::{CannedRows, MemoryEvents, MemoryUploads};

    use super::*;

    /// Every kind, without anything behind it.
    pub(crate) fn bare() -> Registry {
        registry(Needs {
            aggregation: Arc::new(CannedRows::default()),
            export: export::scene::needs(&testkit::memory::Faults::default()),
            analyze: AnalyzeNeeds {
                uploads: Arc::new(MemoryUploads::default()),
                texts: Arc::new(MemoryEvents::default()),
                model: None,
                provider: Provider::Builtin,
            },
        })
    }

    #[test]
    fn every_kind_says_what_it_is() {
        let registry = bare();
        let names: Vec<_> = registry.names().collect();
        assert_eq!(names, ["aggregate", "analyze", "export", "external"]);
        for about in registry.about() {
            let texts = [about.summary, about.cost_drivers];
            assert!(texts.iter().all(|text| text.ends_with('.')), "{about:?}");
            assert_ne!(about.title, about.name);
        }
    }
}
