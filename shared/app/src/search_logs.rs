//! Lists log lines in pages.

use std::sync::Arc;

use domain::TenantId;
use domain::logs::LogQuery;
use domain::ports::{LogPage, LogSearch, PortError};

/// Lines in a page where nothing else is asked for.
pub const USUAL_PAGE: usize = 100;

/// Most lines in a page: the longest messages would be 16 MB, of which a function may answer 6;
/// lines of a usual length are a hundredth of that.
pub const LARGEST_PAGE: usize = 300;

/// Longest text to search for, in bytes.
pub const LONGEST_TEXT: usize = 256;

/// Lists the tenant's log lines, newest first.
#[derive(Clone)]
pub struct SearchLogs {
    /// Where they are.
    pub logs: Arc<dyn LogSearch>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum SearchLogsError {
    /// The page is empty or too large.
    #[error("must be 1 to {LARGEST_PAGE}, not {given}")]
    Limit {
        /// What was asked for.
        given: usize,
    },
    /// The text is empty or too long.
    #[error("must be 1 to {LONGEST_TEXT} bytes")]
    Text,
    /// The range ends before it starts.
    #[error("must be later than from")]
    Range,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

impl SearchLogs {
    /// One page of the lines that match.
    pub async fn run(
        &self,
        tenant: &TenantId,
        query: &LogQuery,
    ) -> Result<LogPage, SearchLogsError> {
        check(query)?;
        Ok(self.logs.lines(tenant, query).await?)
    }
}

fn check(query: &LogQuery) -> Result<(), SearchLogsError> {
    let given = query.limit;
    if !(1..=LARGEST_PAGE).contains(&given) {
        return Err(SearchLogsError::Limit { given });
    }
    let fits = |text: &String| (1..=LONGEST_TEXT).contains(&text.len());
    if !query.text.as_ref().is_none_or(fits) {
        return Err(SearchLogsError::Text);
    }
    match (query.from, query.to) {
        (Some(from), Some(to)) if to <= from => Err(SearchLogsError::Range),
        _ => Ok(()),
    }
}
