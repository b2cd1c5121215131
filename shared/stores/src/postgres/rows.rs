//! Users and sessions as rows, for exports of any size.

use std::time::Duration;

use async_trait::async_trait;
use domain::TenantId;
use domain::export::{
    Cell, Column, ColumnKind, MOST_BYTES_AT_ONCE, MOST_ROWS_AT_ONCE, Row, RowQuery, Source, columns,
};
use domain::ports::{PortError, RowSource, RowStream};
use tokio::time::timeout;
use tokio_postgres::types::Type;

use super::SERVER;
use super::activity::Activity;
use super::failure::Failure;
use super::stream::Streamed;

/// How long a batch of rows may take.
const BATCH: Duration = Duration::from_secs(45);

#[async_trait]
impl RowSource for Activity {
    async fn rows(
        &self,
        tenant: &TenantId,
        query: &RowQuery,
    ) -> Result<Box<dyn RowStream>, PortError> {
        let table = Table::of(query.source)?;
        let sql = table.select(query)?;
        let with = [
            (&tenant.as_str() as _, Type::TEXT),
            (&query.from as _, Type::TIMESTAMPTZ),
            (&query.to as _, Type::TIMESTAMPTZ),
        ];
        let rows = timeout(BATCH, self.sessions.stream(&sql, &with)).await;
        Ok(Box::new(ActivityRows {
            rows: rows.map_err(|_| Failure::TooSlow(BATCH)).flatten()?,
            columns: query.columns.clone(),
        }))
    }

    async fn count(&self, tenant: &TenantId, query: &RowQuery) -> Result<Option<u64>, PortError> {
        let table = Table::of(query.source)?;
        let sql = format!("SELECT count(*) {}", table.restriction());
        let with = [
            (&tenant.as_str() as _, Type::TEXT),
            (&query.from as _, Type::TIMESTAMPTZ),
            (&query.to as _, Type::TIMESTAMPTZ),
        ];
        let answer = match self.sessions.run(&sql, &with).await {
            Ok(rows) => rows,
            // Counting is for showing progress: where it takes too long, there is none to show.
            Err(PortError::Unavailable { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let count: Option<i64> = answer.first().map(|row| row.get(0));
        Ok(count.and_then(|count| u64::try_from(count).ok()))
    }
}

/// Where a source's rows are. All names here are ours, never a caller's.
struct Table {
    source: Source,
    name: &'static str,
    key: &'static str,
    /// The column that a range is about.
    moment: &'static str,
}

impl Table {
    fn of(source: Source) -> Result<Self, PortError> {
        let (name, key, moment) = match source {
            Source::Users => ("users", "user_name", "last_seen"),
            Source::Sessions => ("sessions", "session_id", "started_at"),
            Source::Events | Source::Logs | Source::Tasks | Source::Report => {
                return Err(PortError::broken(SERVER, "rows that another store keeps"));
            }
        };
        Ok(Self {
            source,
            name,
            key,
            moment,
        })
    }

    /// In the order of the primary key, so that the server need not sort.
    fn select(&self, query: &RowQuery) -> Result<String, PortError> {
        let known = columns(self.source);
        if !query.columns.iter().all(|column| known.contains(column)) {
            return Err(PortError::broken(SERVER, "a column that is not there"));
        }
        let names = query.columns.iter().map(|column| match &column.name[..] {
            "user" => "user_name",
            name => name,
        });
        let names: Vec<_> = names.collect();
        let (names, restriction) = (names.join(", "), self.restriction());
        Ok(format!(
            "SELECT {names} {restriction} ORDER BY {}",
            self.key
        ))
    }

    fn restriction(&self) -> String {
        let Self { name, moment, .. } = self;
        format!(
            "FROM {name} WHERE tenant = $1 AND ($2 IS NULL OR {moment} >= $2) \
             AND ($3 IS NULL OR {moment} < $3)"
        )
    }
}

struct ActivityRows {
    rows: Streamed,
    columns: Vec<Column>,
}

#[async_trait]
impl RowStream for ActivityRows {
    async fn next(&mut self) -> Result<Vec<Row>, PortError> {
        let batch = timeout(BATCH, self.batch()).await;
        batch.map_err(|_| PortError::from(Failure::TooSlow(BATCH)))?
    }
}

impl ActivityRows {
    async fn batch(&mut self) -> Result<Vec<Row>, PortError> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < MOST_ROWS_AT_ONCE && bytes <= MOST_BYTES_AT_ONCE {
            let Some(row) = self.rows.next().await? else {
                break;
            };
            let row = cells(&row, &self.columns)?;
            bytes += row.iter().map(Cell::bytes).sum::<usize>();
            rows.push(row);
        }
        Ok(rows)
    }
}

fn cells(row: &tokio_postgres::Row, columns: &[Column]) -> Result<Row, PortError> {
    let columns = columns.iter().enumerate();
    let cells = columns.map(|(n, column)| match column.kind {
        ColumnKind::Moment => row.try_get(n).map(Cell::moment),
        // All other columns of these tables are texts.
        _ => row.try_get::<_, Option<String>>(n).map(Cell::text),
    });
    let cells: Result<Row, _> = cells.collect();
    cells.map_err(|cause| PortError::broken(SERVER, cause))
}
