//! Pages of log lines.
//!
//! A page looks through stretches of time, see [`stretch`](super::stretch), until enough is found; and no
//! question takes longer because its answer is rare: after [`LOOKED_AT`] lines the page ends,
//! wherever it is.

use std::time::Duration;

use async_trait::async_trait;
use bson::{DateTime, Document, doc};
use domain::TenantId;
use domain::logs::{Lines, LogPlace, LogQuery};
use domain::ports::{LOOKED_AT, LogPage, LogSearch, PortError};
use futures::TryStreamExt;
use tokio::time::timeout;

use super::Events;
use super::document::{key, read};
use super::failure::Failure;
use super::filter::{literally, rests};
use super::stretch::Stretch;

/// How long a page may take: somebody waits for it.
const PAGE: Duration = Duration::from_secs(5);

#[async_trait]
impl LogSearch for Events {
    async fn lines(&self, tenant: &TenantId, query: &LogQuery) -> Result<LogPage, PortError> {
        let page = timeout(PAGE, self.log_page(tenant, query)).await;
        Ok(page.map_err(|_| Failure::TooSlow(PAGE)).flatten()?)
    }
}

impl Events {
    async fn log_page(&self, tenant: &TenantId, query: &LogQuery) -> Result<LogPage, Failure> {
        let mut items = vec![];
        let mut looked_at = 0;
        let last_ms = query.after.as_ref().map_or(i64::MAX, |after| after.at_ms);
        let now = self.clock.now();
        let mut next = Stretch::first_until(last_ms, query.from, query.to, now);
        while let Some(stretch) = next {
            let lines = all(tenant, query, stretch);
            let count = self.count(lines.clone(), LOOKED_AT, PAGE).await?;
            if count > LOOKED_AT && stretch.can_be_halved() {
                next = Some(stretch.half());
                continue;
            }
            if count > 0 {
                // One more tells whether there is a next page.
                let wanted = query.limit + 1 - items.len();
                items.extend(self.find(lines, picks(query), wanted).await?);
                looked_at += count;
            }
            if items.len() > query.limit {
                items.truncate(query.limit);
                let next = items.last().map(LogPlace::behind);
                return Ok(LogPage { items, next });
            }
            next = stretch.before_it(count, query.from);
            if let Some(rest) = next.filter(|_| looked_at >= LOOKED_AT) {
                let next = Some(LogPlace {
                    at_ms: rest.to_ms,
                    id: String::new(),
                });
                return Ok(LogPage { items, next });
            }
        }
        Ok(LogPage { items, next: None })
    }

    /// How many events there are, or that there are more than so many.
    pub(super) async fn count(
        &self,
        events: Document,
        most: usize,
        max_time: Duration,
    ) -> Result<usize, Failure> {
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let counted = self.collection.count_documents(events);
        let counted = counted.limit(limit).max_time(max_time).await?;
        usize::try_from(counted).map_err(|_| Failure::Answer("n"))
    }

    async fn find(
        &self,
        mut lines: Document,
        picks: Document,
        wanted: usize,
    ) -> Result<Vec<domain::Event>, Failure> {
        lines.extend(picks);
        let found = self.collection.find(lines);
        let found = found
            .sort(doc! { "at": -1, "_id": -1 })
            .limit(i64::try_from(wanted).unwrap_or(i64::MAX))
            .max_time(PAGE)
            .await?;
        let documents: Vec<Document> = found.try_collect().await?;
        let events: Result<Vec<_>, _> = documents.iter().map(read).collect();
        Ok(events?)
    }
}

/// The lines of a stretch that the page may hold.
fn all(tenant: &TenantId, query: &LogQuery, stretch: Stretch) -> Document {
    let kind = match query.lines {
        Lines::Logs { .. } => "log",
        Lines::Requests { .. } => "request",
    };
    let mut filter = doc! { "tenant": tenant.as_str(), "type": kind, "at": stretch.range() };
    let mut bounds = vec![];
    if let Some(after) = &query.after {
        let at = DateTime::from_millis(after.at_ms);
        let id = key(tenant, &after.id);
        let earlier = doc! { "at": { "$lt": at } };
        bounds.push(doc! { "$or": [earlier, { "at": at, "_id": { "$lt": id } }] });
    }
    bounds.extend(rests(query.from, query.to));
    if !bounds.is_empty() {
        filter.insert("$and", bounds);
    }
    filter
}

/// What lines must hold.
fn picks(query: &LogQuery) -> Document {
    let mut picks = Document::new();
    let line = match &query.lines {
        Lines::Logs { level } => {
            if let Some(level) = level {
                picks.insert("level", level);
            }
            "message"
        }
        Lines::Requests { status } => {
            if let Some((first, last)) = status.map(domain::logs::StatusFilter::range) {
                let (first, last) = (i32::from(first), i32::from(last));
                picks.insert("status", doc! { "$gte": first, "$lte": last });
            }
            "path"
        }
    };
    if let Some(service) = &query.service {
        picks.insert("service", service);
    }
    if let Some(text) = &query.text {
        picks.insert(line, doc! { "$regex": literally(text), "$options": "i" });
    }
    picks
}
