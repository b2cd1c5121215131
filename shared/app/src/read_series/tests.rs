use domain::aggregate::Bucket;
use domain::event::What;
use domain::ports::EventLog as _;
use testkit::build;
use testkit::memory::{Fault, Faults, MemoryEvents};
use time::macros::datetime;

use super::*;

fn request(bucket: Bucket, by_service: bool, metrics: &[Metric]) -> SeriesRequest {
    let (from, to) = (
        datetime!(2026-02-01 10:00 UTC),
        datetime!(2026-02-01 13:00 UTC),
    );
    SeriesRequest {
        metrics: metrics.to_vec(),
        span: Span::covering(bucket, from, to).unwrap(),
        by_service,
    }
}

async fn events(faults: &Faults, tenant: &TenantId, services: &[(&str, &str, u16)]) -> ReadSeries {
    let events = MemoryEvents::new(faults);
    for (n, (service, at, status)) in services.iter().enumerate() {
        let mut event = build::request(&n.to_string(), at, "ann", 1.5);
        if let What::Request(request) = &mut event.what {
            request.service = (*service).into();
            request.status = *status;
        }
        events.append(tenant, &[event]).await.unwrap();
    }
    ReadSeries {
        series: Arc::new(events),
    }
}

const SOME: [(&str, &str, u16); 5] = [
    ("shop", "2026-02-01T10:00:00Z", 200),
    ("cart", "2026-02-01T10:59:59.999Z", 500),
    ("shop", "2026-02-01T12:30:00Z", 503),
    ("shop", "2026-02-01T13:00:00Z", 200),
    ("shop", "2026-02-01T09:59:59.999Z", 200),
];

#[tokio::test]
async fn every_line_has_a_point_for_every_bucket() {
    let (faults, tenant) = (Faults::default(), build::tenant());
    let read = events(&faults, &tenant, &SOME).await;
    let metrics = [Metric::Errors, Metric::LatencyP95];
    let whole = request(Bucket::Hour, false, &metrics);
    let lines = read.run(&tenant, &whole).await.unwrap();
    let (count, time) = (Point::Count, Point::Milliseconds(1.5));
    let line = |metric, group: Option<&str>, points: [Point; 3]| Series {
        metric,
        group: group.map(str::to_owned),
        points: points.into(),
    };
    let expected = [
        line(Metric::Errors, None, [count(1), count(0), count(1)]),
        line(Metric::LatencyP95, None, [time, Point::Nothing, time]),
    ];
    assert_eq!(lines, expected);

    let apart = request(Bucket::Hour, true, &[Metric::Requests, Metric::LatencyP50]);
    let lines = read.run(&tenant, &apart).await.unwrap();
    let nothing = Point::Nothing;
    let expected = [
        line(
            Metric::Requests,
            Some("shop"),
            [count(1), count(0), count(1)],
        ),
        line(
            Metric::Requests,
            Some("cart"),
            [count(1), count(0), count(0)],
        ),
        line(Metric::LatencyP50, Some("shop"), [time, nothing, time]),
        line(Metric::LatencyP50, Some("cart"), [time, nothing, nothing]),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn without_requests_there_is_a_line_of_nothing_and_no_service() {
    let (faults, tenant) = (Faults::default(), build::tenant());
    let read = events(&faults, &build::tenant(), &SOME).await;
    let whole = request(Bucket::Day, false, &[Metric::ActiveUsers]);
    let lines = read.run(&tenant, &whole).await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].points, [Point::Count(0)]);
    let apart = request(Bucket::Day, true, &[Metric::ActiveUsers]);
    assert_eq!(read.run(&tenant, &apart).await.unwrap(), []);
}

#[tokio::test]
async fn the_services_with_the_most_requests_have_lines() {
    let (faults, tenant) = (Faults::default(), build::tenant());
    let names: Vec<_> = (0..23).map(|n| format!("service-{n:02}")).collect();
    let once = names.iter().map(|name| (name.as_str(), SOME[0].1, 200));
    let again = names[21..]
        .iter()
        .map(|name| (name.as_str(), SOME[2].1, 200));
    let all: Vec<_> = once.chain(again).collect();
    let read = events(&faults, &tenant, &all).await;
    let apart = request(Bucket::Minute, true, &[Metric::Requests]);
    let lines = read.run(&tenant, &apart).await.unwrap();
    let groups = lines.iter().map(|line| line.group.as_deref().unwrap());
    let expected = names[21..].iter().chain(&names[..18]).map(String::as_str);
    assert_eq!(groups.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert!(lines.iter().all(|line| line.points.len() == 180));
}

#[tokio::test]
async fn a_store_that_is_away_is_told() {
    let (faults, tenant) = (Faults::default(), build::tenant());
    let read = events(&faults, &tenant, &[]).await;
    faults.always("events.series", Fault::Unavailable);
    let whole = request(Bucket::Hour, false, &[Metric::Requests]);
    let error = read.run(&tenant, &whole).await.unwrap_err();
    assert!(matches!(error.0, SeriesError::Store(_)), "{error:?}");
}
