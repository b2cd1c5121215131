//! Rows in memory.

use async_trait::async_trait;
use domain::TenantId;
use domain::export::{Cell, MOST_BYTES_AT_ONCE, MOST_ROWS_AT_ONCE, Row, RowQuery};
use domain::ports::{PortError, RowSource, RowStream};

use super::{Faults, Kept};

/// Rows that are all there, given a few at a time. Each batch is a call of this name.
pub(super) struct GivenRows {
    rows: std::vec::IntoIter<Row>,
    call: &'static str,
    faults: Faults,
}

impl GivenRows {
    pub(super) fn new(rows: Vec<Row>, call: &'static str, faults: &Faults) -> Self {
        Self {
            rows: rows.into_iter(),
            call,
            faults: faults.clone(),
        }
    }
}

#[async_trait]
impl RowStream for GivenRows {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        let (rows, faults) = (&mut self.rows, self.faults.clone());
        let batch = || {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while batch.len() < MOST_ROWS_AT_ONCE && bytes <= MOST_BYTES_AT_ONCE {
                let Some(row) = rows.next() else { break };
                bytes += row.iter().map(Cell::bytes).sum::<usize>();
                batch.push(row);
            }
            Ok(batch)
        };
        faults.around(self.call, batch).await
    }
}

/// A source that has its rows already, whatever it is asked. Calls are named `rows.rows`,
/// `rows.count`, `rows.next`.
#[derive(Debug, Default)]
pub struct CannedSource {
    rows: Vec<Row>,
    uncounted: bool,
    asked: Kept<Vec<(TenantId, RowQuery)>>,
    faults: Faults,
}

impl CannedSource {
    /// Will give these rows.
    pub fn new(rows: Vec<Row>, faults: &Faults) -> Self {
        Self {
            rows,
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// The same, but does not know how many they are.
    #[must_use]
    pub fn uncounted(mut self) -> Self {
        self.uncounted = true;
        self
    }

    /// Everything it was asked for.
    pub fn asked(&self) -> Vec<(TenantId, RowQuery)> {
        self.asked.lock().clone()
    }
}

#[async_trait]
impl RowSource for CannedSource {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError> {
        let rows = || {
            self.asked.lock().push((tenant.clone(), query.clone()));
            let rows = GivenRows::new(self.rows.clone(), "rows.next", &self.faults);
            Ok(Box::new(rows) as Box<dyn RowStream>)
        };
        self.faults.around("rows.rows", rows).await
    }

    async fn count(&self, _: &TenantId, _: &RowQuery) -> Result<Option<u64>, PortError> {
        let count = || Ok((!self.uncounted).then_some(self.rows.len() as u64));
        self.faults.around("rows.count", count).await
    }
}

/// A source that is asked for what it does not keep.
pub(super) fn not_kept_here() -> PortError {
    PortError::broken("memory", "rows of another store")
}
