//! An aggregation that has its answer already.

use async_trait::async_trait;
use domain::TenantId;
use domain::aggregate::{AggregateQuery, AggregateRow};
use domain::ports::{Aggregation, PortError};

use super::{Faults, Kept};

/// Gives the rows it was made with and notes what it was asked. The call is named
/// `aggregation.aggregate`.
#[derive(Debug, Default)]
pub struct CannedRows {
    rows: Vec<AggregateRow>,
    asked: Kept<Vec<(TenantId, AggregateQuery)>>,
    faults: Faults,
}

impl CannedRows {
    /// Will give these rows.
    pub fn new(rows: Vec<AggregateRow>, faults: &Faults) -> Self {
        Self {
            rows,
            faults: faults.clone(),
            ..Self::default()
        }
    }

    /// Everything it was asked.
    pub fn asked(&self) -> Vec<(TenantId, AggregateQuery)> {
        self.asked.lock().clone()
    }
}

#[async_trait]
impl Aggregation for CannedRows {
    async fn aggregate(
        &self,
        tenant: &TenantId,
        query: &AggregateQuery,
    ) -> Result<Vec<AggregateRow>, PortError> {
        let answer = || {
            self.asked.lock().push((tenant.clone(), query.clone()));
            Ok(self.rows.clone())
        };
        self.faults.around("aggregation.aggregate", answer).await
    }
}
