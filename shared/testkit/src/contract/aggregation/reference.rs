//! Random requests, and the aggregation of them computed the plain way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::aggregate::{AggregateQuery, AggregateRow, Bucket, GroupBy, Only};
use domain::event::{Request, What};
use domain::{Event, route};
use serde_json::{Map, Value, json};
use time::macros::{datetime, format_description};
use time::{Duration, OffsetDateTime, Time};

/// Repeatable noise (`SplitMix64`).
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ (bits >> 31)) % limit
    }
}

/// This many requests over three days, with many ties and a few values of their own.
pub(in crate::contract) fn requests(size: usize) -> Vec<Event> {
    let mut noise = Noise(42);
    (0..size).map(|n| one(n, &mut noise)).collect()
}

fn one(n: usize, noise: &mut Noise) -> Event {
    let tie = f64::from(u32::try_from(noise.below(8)).unwrap()) * 12.5;
    let own = f64::from(u32::try_from(noise.below(1_000_000)).unwrap()) / 7.0;
    let path = match noise.below(40) {
        // Groups of one.
        0 => format!("/once/{n}"),
        other => ["/", "/Items", "/items/7", "/ümlaut"][usize::try_from(other % 4).unwrap()].into(),
    };
    let offset = i64::try_from(noise.below(3 * 86_400_000)).unwrap();
    Event {
        id: format!("r{n}"),
        at: datetime!(2017-05-14 12:00 UTC) + Duration::milliseconds(offset),
        what: What::Request(Request {
            service: ["shop", "search", "mail.x"][usize::try_from(noise.below(3)).unwrap()].into(),
            user: [None, Some("ann"), Some("bob"), Some("eve")]
                [usize::try_from(noise.below(4)).unwrap()]
            .map(str::to_owned),
            method: ["GET", "POST"][usize::try_from(noise.below(2)).unwrap()].into(),
            path,
            status: [200, 200, 200, 404, 500][usize::try_from(noise.below(5)).unwrap()],
            bytes: None,
            response_time_ms: if noise.below(3) == 0 { own } else { tie },
            extra: Map::new(),
        }),
    }
}

/// A group's value, in a form that sorts as the port says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Nothing,
    Number(u16),
    Text(String),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Nothing => Value::Null,
            Key::Number(number) => json!(number),
            Key::Text(text) => json!(text),
        }
    }
}

fn bucket_start(at: OffsetDateTime, bucket: Bucket) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let start = match bucket {
        Bucket::Minute => Time::from_hms(at.hour(), at.minute(), 0).unwrap(),
        Bucket::Hour => Time::from_hms(at.hour(), 0, 0).unwrap(),
        Bucket::Day => Time::MIDNIGHT,
    };
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    at.replace_time(start).format(form).unwrap()
}

fn key(event: &Event, request: &Request, by: GroupBy, bucket: Bucket) -> Key {
    match by {
        GroupBy::Service => Key::Text(request.service.clone()),
        GroupBy::Path => Key::Text(request.path.clone()),
        GroupBy::Route => Key::Text(route::of(&request.path)),
        GroupBy::Method => Key::Text(request.method.clone()),
        GroupBy::Status => Key::Number(request.status),
        GroupBy::StatusClass => Key::Text(class(request)),
        GroupBy::User => request.user.clone().map_or(Key::Nothing, Key::Text),
        GroupBy::Time => Key::Text(bucket_start(event.at, bucket)),
    }
}

fn class(request: &Request) -> String {
    format!("{}xx", request.status / 100)
}

fn counts(request: &Request, only: &Only) -> bool {
    fn any<T: PartialEq>(list: &[T], value: &T) -> bool {
        list.is_empty() || list.contains(value)
    }
    let user = request.user.clone().unwrap_or_default();
    any(&only.service, &request.service)
        && any(&only.path, &request.path)
        && any(&only.route, &route::of(&request.path))
        && any(&only.method, &request.method)
        && any(&only.status, &request.status)
        && any(&only.status_class, &class(request))
        && any(&only.user, &user)
}

/// The rows that an adapter must give.
pub(in crate::contract) fn aggregate(
    events: &[Event],
    query: &AggregateQuery,
) -> Vec<AggregateRow> {
    let mut groups: BTreeMap<Vec<Key>, Vec<&Request>> = BTreeMap::new();
    for event in events {
        let inside = query.from.is_none_or(|from| event.at >= from)
            && query.to.is_none_or(|to| event.at < to);
        if let (true, What::Request(request)) = (inside, &event.what)
            && counts(request, &query.only)
        {
            let by = query.group_by.iter();
            let keys = by
                .map(|by| key(event, request, *by, query.bucket))
                .collect();
            groups.entry(keys).or_default().push(request);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    // Stable: equal counts stay in the order of their groups.
    groups.sort_by_key(|(_, requests)| Reverse(requests.len()));
    groups.truncate(query.limit);
    groups
        .into_iter()
        .map(|(keys, requests)| row(query, keys, &requests))
        .collect()
}

fn row(query: &AggregateQuery, keys: Vec<Key>, requests: &[&Request]) -> AggregateRow {
    let mut times: Vec<_> = requests.iter().map(|one| one.response_time_ms).collect();
    let total = f64::from(u32::try_from(times.len()).unwrap());
    let failed = requests.iter().filter(|one| one.status >= 500).count();
    let users: BTreeSet<_> = requests
        .iter()
        .filter_map(|one| one.user.as_ref())
        .collect();
    times.sort_by(f64::total_cmp);
    let nearest = |percent: usize| times[(percent * times.len()).div_ceil(100) - 1];
    let columns = query.group_by.iter().map(|by| by.column().to_owned());
    AggregateRow {
        groups: columns.zip(keys.into_iter().map(Value::from)).collect(),
        count: u64::try_from(times.len()).unwrap(),
        error_rate: f64::from(u32::try_from(failed).unwrap()) / total,
        unique_users: u64::try_from(users.len()).unwrap(),
        mean: times.iter().sum::<f64>() / total,
        min: times[0],
        max: times[times.len() - 1],
        p50: nearest(50),
        p95: nearest(95),
        p99: nearest(99),
    }
}
