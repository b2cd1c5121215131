//! Task kinds, one file each.
//!
//! A new kind is one file with one type that implements [`Kind`](domain::kind::Kind), and one line
//! in `kinds`.

mod aggregate;
mod analyze;
mod export;
mod external;
mod schema;
#[cfg(test)]
mod schemas_agree;
mod stored;

use std::sync::Arc;

use domain::kind::{Catalogue, Kind, Registry};
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

/// Every kind there is: one line each.
fn kinds<S: Shelf>(shelf: S) -> S {
    shelf
        .kind(|needs| Aggregate::new(needs.aggregation.clone()))
        .kind(|needs| Analyze::new(needs.analyze.clone()))
        .kind(|needs| Export::new(needs.export.clone()))
        .kind(|_| External)
}

/// What the kinds are, for those who submit tasks and run none.
pub fn catalogue() -> Catalogue {
    kinds(Catalogue::default())
}

/// The kinds with what does their work.
pub fn registry(needs: Needs) -> Registry {
    let stock = Stock {
        needs,
        registry: Registry::default(),
    };
    kinds(stock).registry
}

/// Where kinds are put. A [`Catalogue`] makes none of them.
trait Shelf: Sized {
    fn kind<K: Kind>(self, make: impl FnOnce(&Needs) -> K) -> Self;
}

impl Shelf for Catalogue {
    fn kind<K: Kind>(self, _: impl FnOnce(&Needs) -> K) -> Self {
        self.with::<K>()
    }
}

struct Stock {
    needs: Needs,
    registry: Registry,
}

impl Shelf for Stock {
    fn kind<K: Kind>(mut self, make: impl FnOnce(&Needs) -> K) -> Self {
        self.registry = self.registry.with(make(&self.needs));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_is() {
        let catalogue = catalogue();
        let names: Vec<_> = catalogue.names().collect();
        assert_eq!(names, ["aggregate", "analyze", "export", "external"]);
        for about in catalogue.about() {
            let texts = [about.summary, about.cost_drivers];
            assert!(texts.iter().all(|text| text.ends_with('.')), "{about:?}");
            assert_ne!(about.title, about.name);
        }
    }
}
