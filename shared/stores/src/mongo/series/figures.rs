//! Figures computed from the requests.
//!
//! The requests come here, a few fields of each, and are counted and sorted here: that takes a
//! fraction of the time that the pipeline of aggregates takes for the same figures, which has to
//! number each request twice. Memory is bounded by [`MOST_BYTES`].

use std::collections::{BTreeMap, HashMap, HashSet};

use bson::{DateTime, Document, RawBsonRef, RawDocument, RawDocumentBuf, doc};
use domain::TenantId;
use domain::series::{Figures, SeriesQuery, SeriesRow};
use time::OffsetDateTime;

use super::SERIES;
use crate::mongo::Events;
use crate::mongo::aggregate::counted;
use crate::mongo::failure::Failure;
use crate::mongo::filter::requests;
use crate::mongo::moment::Moment;

/// Requests that come in one go, at some 150 bytes each.
const BATCH: u32 = 5_000;

/// Most memory that one computation takes, of the 256 MB that its function has: enough for a million
/// requests of as many users.
const MOST_BYTES: usize = 100_000_000;
/// What a time takes in a list that grows by doubling.
const TIME_BYTES: usize = 16;
/// What a user's name takes beside its own length: its place in the set, and the allocation.
const USER_BYTES: usize = 64;

/// A bucket with requests.
pub(super) struct BucketRows {
    /// When it starts.
    pub(super) start: OffsetDateTime,
    /// When the first of its requests was received.
    pub(super) received_at: DateTime,
    /// Its figures, over all or by service.
    pub(super) rows: Vec<SeriesRow>,
}

impl Events {
    /// The buckets with requests, in the order of time. Those of the whole span where they have
    /// fewer rows than so many.
    pub(super) async fn figures(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        most: usize,
    ) -> Result<Vec<BucketRows>, Failure> {
        let buckets = self.tallied(tenant, query, most, MOST_BYTES).await?;
        Ok(buckets.into_iter().map(Bucket::into_rows).collect())
    }

    /// The same, not yet put in figures, in so much memory.
    pub(super) async fn tallied(
        &self,
        tenant: &TenantId,
        query: &SeriesQuery,
        most: usize,
        most_bytes: usize,
    ) -> Result<Vec<Bucket>, Failure> {
        let (from, to) = (query.span.from(), query.span.to());
        let requests = self.collection.clone_with_type::<RawDocumentBuf>();
        let requests = requests.find(self::requests(tenant, Some(from), Some(to)));
        let mut fields = doc! {
            "_id": 0, "at": 1, "status": 1, "response_time_ms": 1, "received_at": 1, "user": 1,
        };
        if query.by_service {
            fields.insert("service", 1);
        }
        let mut requests = requests
            .projection(fields)
            .batch_size(BATCH)
            .max_time(SERIES)
            .await?;
        let starts: Vec<_> = query.span.starts().collect();
        let mut buckets = BTreeMap::new();
        let (mut bytes, mut rows) = (0, 0);
        while rows < most && requests.advance().await? {
            let request = Request::read(requests.current())?;
            let place = request.place(query).ok_or(Failure::Answer("at"))?;
            let new = || Bucket::starting(starts[place]);
            let bucket: &mut Bucket = buckets.entry(place).or_insert_with(new);
            let (new_row, more) = bucket.add(&request);
            rows += usize::from(new_row);
            bytes += more;
            if bytes > most_bytes {
                return Err(Failure::TooMuch);
            }
        }
        Ok(buckets.into_values().collect())
    }
}

/// What counts of a request.
struct Request<'a> {
    at: DateTime,
    received_at: DateTime,
    status: i32,
    time: f64,
    user: Option<&'a str>,
    service: Option<&'a str>,
}

impl<'a> Request<'a> {
    fn read(document: &'a RawDocument) -> Result<Self, Failure> {
        let text = |field| document.get_str(field).ok();
        let date = |field| document.get_datetime(field);
        Ok(Self {
            at: date("at").map_err(|_| Failure::Answer("at"))?,
            received_at: date("received_at").map_err(|_| Failure::Answer("received_at"))?,
            status: match document.get("status") {
                Ok(Some(RawBsonRef::Int32(status))) => status,
                _ => return Err(Failure::Answer("status")),
            },
            time: document
                .get_f64("response_time_ms")
                .map_err(|_| Failure::Answer("response_time_ms"))?,
            user: text("user"),
            service: text("service"),
        })
    }

    /// The place of its bucket in the span.
    fn place(&self, query: &SeriesQuery) -> Option<usize> {
        let start = Moment::from(query.span.from()).date.timestamp_millis();
        let length = query.span.bucket().length().whole_milliseconds();
        let beyond = i128::from(self.at.timestamp_millis() - start);
        let place = usize::try_from(beyond / length).ok()?;
        (beyond >= 0 && place < query.span.count()).then_some(place)
    }
}

/// The requests of a bucket, before they are figures.
#[derive(Clone)]
pub(super) struct Bucket {
    start: OffsetDateTime,
    received_at: Option<DateTime>,
    /// By service, or of all.
    tallies: HashMap<Option<String>, Tally>,
}

impl Bucket {
    /// No requests yet.
    pub(super) fn starting(start: OffsetDateTime) -> Self {
        Self {
            start,
            received_at: None,
            tallies: HashMap::new(),
        }
    }

    /// Whether it is the first of its row, and how much memory it takes.
    fn add(&mut self, request: &Request<'_>) -> (bool, usize) {
        let received_at = self.received_at.get_or_insert(request.received_at);
        *received_at = request.received_at.min(*received_at);
        let before = self.tallies.len();
        let service = request.service.map(str::to_owned);
        let bytes = self.tallies.entry(service).or_default().add(request);
        (self.tallies.len() > before, bytes)
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> usize {
        self.tallies.len()
    }

    /// Takes in the requests of another one.
    pub(super) fn join(&mut self, other: Self) {
        self.received_at = match (self.received_at, other.received_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        for (service, tally) in other.tallies {
            self.tallies.entry(service).or_default().join(tally);
        }
    }

    /// Over all instead of by service.
    #[must_use]
    pub(super) fn over_all(self) -> Self {
        let mut all = Tally::default();
        for tally in self.tallies.into_values() {
            all.join(tally);
        }
        Self {
            tallies: HashMap::from([(None, all)]),
            ..self
        }
    }

    /// Its figures. It has at least one request.
    pub(super) fn into_rows(self) -> BucketRows {
        let rows = self.tallies.into_iter().map(|(service, tally)| SeriesRow {
            start: self.start,
            service,
            figures: tally.figures(),
        });
        BucketRows {
            start: self.start,
            received_at: self.received_at.unwrap_or(DateTime::MIN),
            rows: rows.collect(),
        }
    }
}

#[derive(Clone, Default)]
struct Tally {
    times: Vec<f64>,
    errors: u64,
    users: HashSet<String>,
}

impl Tally {
    fn add(&mut self, request: &Request<'_>) -> usize {
        self.times.push(request.time);
        self.errors += u64::from(request.status >= 500);
        if let Some(user) = request.user.filter(|user| !self.users.contains(*user)) {
            self.users.insert(user.to_owned());
            return TIME_BYTES + USER_BYTES + user.len();
        }
        TIME_BYTES
    }

    fn join(&mut self, mut other: Self) {
        self.times.append(&mut other.times);
        self.errors += other.errors;
        self.users.extend(other.users);
    }

    /// Of one request at least.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    fn figures(mut self) -> Figures {
        self.times.sort_unstable_by(f64::total_cmp);
        let count = self.times.len();
        let sum: f64 = self.times.iter().sum();
        // By nearest rank: the value at rank ceil(percent * n / 100), counted from 1.
        let percentile = |percent: usize| self.times[(percent * count).div_ceil(100).max(1) - 1];
        Figures {
            count: count as u64,
            errors: self.errors,
            unique_users: self.users.len() as u64,
            mean: sum / count as f64,
            p50: percentile(50),
            p95: percentile(95),
            p99: percentile(99),
        }
    }
}

/// The figures in a roll-up's row.
pub(super) fn read(document: &Document) -> Result<Figures, Failure> {
    let number = |field| document.get_f64(field).map_err(|_| Failure::Answer(field));
    Ok(Figures {
        count: counted(document, "count")?,
        errors: counted(document, "errors")?,
        unique_users: counted(document, "users")?,
        mean: number("mean")?,
        p50: number("p50")?,
        p95: number("p95")?,
        p99: number("p99")?,
    })
}
