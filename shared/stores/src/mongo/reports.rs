//! Reports, in a collection of their own.
//!
//! | field | holds |
//! |---|---|
//! | `_id` | `<tenant>/<request id>`: a report of a task is stored once |
//! | `tenant`, `created_at` | with `_id`, what pages are made by |
//! | `title`, `kind`, `tags`, `row_count`, `bytes` | what a list shows, under the same names |
//! | `input` | as JSON text: its keys may hold anything |
//! | `result` or `key` | the result as JSON text, or its key in the result store |
//! | `expires_at` | when the server removes it |

use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use domain::ports::{PortError, ReportPage, ReportStore};
use domain::report::{ReportHead, ReportPlace, ReportQuery};
use domain::{Report, RequestId, TaskResult, TenantId};
use futures::TryStreamExt;
use mongodb::Collection;
use mongodb::error::{ErrorKind, WriteFailure};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::append::TAKEN;
use super::document::key;
use super::failure::Failure;
use super::layout;
use super::moment::Moment;
use super::{Events, REPORTS};

/// How long a call may take: somebody waits for it.
const CALL: Duration = Duration::from_secs(5);

#[async_trait]
impl ReportStore for Events {
    async fn save(&self, report: &Report) -> Result<(), PortError> {
        within(self.save_report(report)).await
    }

    async fn list(&self, tenant: &TenantId, query: &ReportQuery) -> Result<ReportPage, PortError> {
        within(self.report_page(tenant, query)).await
    }

    async fn find(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Report>, PortError> {
        within(self.report(tenant, id)).await
    }
}

async fn within<T>(call: impl Future<Output = Result<T, Failure>>) -> Result<T, PortError> {
    let done = timeout(CALL, call).await;
    Ok(done.map_err(|_| Failure::TooSlow(CALL)).flatten()?)
}

impl Events {
    fn reports(&self) -> Collection<Document> {
        self.database.collection(REPORTS)
    }

    async fn save_report(&self, report: &Report) -> Result<(), Failure> {
        match self.reports().insert_one(write(report)).await {
            Err(error) if is_taken(&error) => Ok(()),
            outcome => Ok(outcome.map(drop)?),
        }
    }

    async fn report_page(
        &self,
        tenant: &TenantId,
        query: &ReportQuery,
    ) -> Result<ReportPage, Failure> {
        // One more tells whether there is a next page.
        let wanted = query.limit.saturating_add(1);
        let reports = self.reports();
        let found = reports
            .find(behind(tenant, query.after))
            .projection(doc! { "result": 0 })
            .sort(doc! { "created_at": -1, "_id": -1 })
            .limit(i64::try_from(wanted).unwrap_or(i64::MAX))
            .max_time(CALL)
            .await?;
        let documents: Vec<Document> = found.try_collect().await?;
        let heads: Result<Vec<_>, _> = documents.iter().map(|d| read_head(tenant, d)).collect();
        let mut items = heads?;
        let more = items.len() > query.limit;
        items.truncate(query.limit);
        let next = items.last().filter(|_| more).map(ReportPlace::behind);
        Ok(ReportPage { items, next })
    }

    async fn report(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Report>, Failure> {
        let filter = doc! { "_id": key(tenant, &id.to_string()) };
        let found = self.reports().find_one(filter).max_time(CALL).await?;
        found.map(|document| read(tenant, &document)).transpose()
    }
}

fn is_taken(error: &mongodb::error::Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Write(WriteFailure::WriteError(error)) if error.code == TAKEN
    )
}

fn behind(tenant: &TenantId, after: Option<ReportPlace>) -> Document {
    let mut filter = doc! { "tenant": tenant.as_str() };
    if let Some(after) = after {
        let at = Moment::from(after.created_at()).date;
        let id = key(tenant, &after.request_id().to_string());
        let earlier = doc! { "created_at": { "$lt": at } };
        filter.insert(
            "$or",
            [earlier, doc! { "created_at": at, "_id": { "$lt": id } }],
        );
    }
    filter
}

fn write(report: &Report) -> Document {
    let head = &report.head;
    let mut document = doc! {
        "_id": key(&head.tenant, &head.request_id.to_string()), "tenant": head.tenant.as_str(),
        "created_at": Moment::from(head.created_at).date,
        "expires_at": Moment::from(report.expires_at()).date,
        "title": &head.title, "kind": &head.kind, "tags": &head.tags,
        "input": head.input.to_string(), "bytes": number(head.bytes),
    };
    if let Some(count) = head.row_count {
        document.insert("row_count", number(count));
    }
    match &report.result {
        TaskResult::Inline { value } => document.insert("result", value.to_string()),
        TaskResult::Stored { key, .. } => document.insert("key", key),
    };
    document
}

/// Lengths and counts are below 2^63 by far.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn read(tenant: &TenantId, document: &Document) -> Result<Report, Failure> {
    let head = read_head(tenant, document)?;
    let result = if let Ok(key) = document.get_str("key") {
        let (key, bytes) = (key.to_owned(), head.bytes);
        TaskResult::Stored { key, bytes }
    } else {
        let value = json(document, "result")?;
        TaskResult::Inline { value }
    };
    Ok(Report { head, result })
}

fn read_head(tenant: &TenantId, document: &Document) -> Result<ReportHead, Failure> {
    if !layout::is_known(document) {
        return Err(Failure::Answer(layout::LATER));
    }
    let (_, id) = text(document, "_id")?
        .split_once('/')
        .ok_or(Failure::Answer("_id"))?;
    let tags = document
        .get_array("tags")
        .map_err(|_| Failure::Answer("tags"))?;
    let tags = tags.iter().map(|tag| tag.as_str().map(str::to_owned));
    Ok(ReportHead {
        request_id: id.parse().map_err(|_| Failure::Answer("_id"))?,
        tenant: tenant.clone(),
        title: text(document, "title")?.to_owned(),
        kind: text(document, "kind")?.to_owned(),
        input: json(document, "input")?,
        tags: tags.collect::<Option<_>>().ok_or(Failure::Answer("tags"))?,
        created_at: moment(document, "created_at")?,
        row_count: count(document, "row_count")?,
        bytes: count(document, "bytes")?.ok_or(Failure::Answer("bytes"))?,
    })
}

fn text<'a>(document: &'a Document, field: &'static str) -> Result<&'a str, Failure> {
    document.get_str(field).map_err(|_| Failure::Answer(field))
}

fn json(document: &Document, field: &'static str) -> Result<serde_json::Value, Failure> {
    serde_json::from_str(text(document, field)?).map_err(|_| Failure::Answer(field))
}

fn count(document: &Document, field: &'static str) -> Result<Option<u64>, Failure> {
    let Some(value) = document.get(field) else {
        return Ok(None);
    };
    let count = value.as_i64().and_then(|count| u64::try_from(count).ok());
    count.map(Some).ok_or(Failure::Answer(field))
}

fn moment(document: &Document, field: &'static str) -> Result<OffsetDateTime, Failure> {
    let date = document.get_datetime(field).ok().copied();
    let moment = date.and_then(|date| Moment { date, rest_ns: 0 }.to_utc());
    moment.ok_or(Failure::Answer(field))
}

#[cfg(test)]
mod recorded;
