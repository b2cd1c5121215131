//! Pipelines.

use futures::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc};

use crate::support::Fixture;

/// Twelve requests of two services, one an hour.
async fn requests() -> Fixture {
    let fixture = Fixture::new().await;
    let documents = (0..12).map(|n| {
        let service = if n % 2 == 0 { "api" } else { "worker" };
        let at = DateTime::from_millis(1_767_225_600_000 + i64::from(n) * 3_600_000);
        doc! { "_id": n, "service": service, "ms": (n + 1) * 10, "at": at, "status": 200 + n % 3 }
    });
    fixture
        .collection("requests")
        .insert_many(documents)
        .await
        .unwrap();
    fixture
}

async fn run(fixture: &Fixture, pipeline: impl IntoIterator<Item = Document>) -> Vec<Document> {
    let cursor = fixture
        .collection("requests")
        .aggregate(pipeline)
        .await
        .unwrap();
    cursor.try_collect().await.unwrap()
}

fn number(value: &Bson) -> f64 {
    match value {
        Bson::Double(value) => *value,
        Bson::Int32(value) => f64::from(*value),
        Bson::Int64(value) => i32::try_from(*value).map(f64::from).unwrap(),
        other => panic!("not a number: {other}"),
    }
}

#[tokio::test]
async fn groups_count_add_and_average() {
    let fixture = requests().await;
    let group = doc! { "$group": {
        "_id": "$service", "count": { "$sum": 1 }, "sum": { "$sum": "$ms" }, "mean": { "$avg": "$ms" },
        "min": { "$min": "$ms" }, "max": { "$max": "$ms" },
    } };
    let rows = run(&fixture, [group, doc! { "$sort": { "_id": 1 } }]).await;
    let expected = [
        ("api", 6, 360, 60.0, 10, 110),
        ("worker", 6, 420, 70.0, 20, 120),
    ];
    assert_eq!(rows.len(), 2);
    for (row, (service, count, sum, mean, min, max)) in rows.iter().zip(expected) {
        assert_eq!(row.get_str("_id").unwrap(), service);
        let fields = [("count", count), ("sum", sum), ("min", min), ("max", max)];
        for (field, value) in fields {
            assert_eq!(
                number(row.get(field).unwrap()),
                f64::from(value),
                "{service} {field}"
            );
        }
        assert_eq!(row.get_f64("mean").unwrap(), mean);
    }
    fixture.end().await;
}

#[tokio::test]
async fn percentiles_are_those_of_a_sorted_list() {
    let fixture = requests().await;
    let percentile = doc! { "input": "$ms", "p": [0.5, 0.95], "method": "approximate" };
    let rows = run(
        &fixture,
        [doc! { "$group": { "_id": null, "p": { "$percentile": percentile } } }],
    )
    .await;
    let found: Vec<f64> = rows[0].get_array("p").unwrap().iter().map(number).collect();
    assert!((50.0..=75.0).contains(&found[0]), "{found:?}");
    assert!((110.0..=120.0).contains(&found[1]), "{found:?}");
    fixture.end().await;
}

#[tokio::test]
async fn facets_answer_several_questions_at_once() {
    let fixture = requests().await;
    let facet = doc! { "$facet": {
        "total": [{ "$count": "n" }],
        "slow": [{ "$match": { "ms": { "$gt": 100 } } }, { "$sort": { "ms": 1 } }, { "$project": { "ms": 1 } }],
    } };
    let rows = run(&fixture, [facet]).await;
    let total = rows[0].get_array("total").unwrap()[0]
        .as_document()
        .unwrap();
    assert_eq!(number(total.get("n").unwrap()), 12.0);
    let slow = [doc! { "_id": 10, "ms": 110 }, doc! { "_id": 11, "ms": 120 }];
    assert_eq!(
        rows[0].get_array("slow").unwrap(),
        &slow.map(Bson::from).to_vec()
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_lookup_joins_another_collection() {
    let fixture = requests().await;
    let owners = [
        doc! { "_id": "api", "team": "web" },
        doc! { "_id": "worker", "team": "jobs" },
    ];
    fixture
        .collection("owners")
        .insert_many(owners)
        .await
        .unwrap();
    let pipeline = [
        doc! { "$match": { "_id": { "$lt": 2 } } },
        doc! { "$sort": { "_id": 1 } },
        doc! { "$lookup": { "from": "owners", "localField": "service", "foreignField": "_id", "as": "owner" } },
        doc! { "$unwind": "$owner" },
        doc! { "$project": { "team": "$owner.team" } },
    ];
    let rows = run(&fixture, pipeline).await;
    assert_eq!(
        rows,
        [
            doc! { "_id": 0, "team": "web" },
            doc! { "_id": 1, "team": "jobs" }
        ]
    );
    fixture.end().await;
}

#[tokio::test]
async fn merge_and_out_write_their_results() {
    let fixture = requests().await;
    let totals = doc! { "$group": { "_id": "$service", "n": { "$sum": 1 } } };
    let merge = doc! { "$merge": { "into": "totals", "on": "_id", "whenMatched": "replace", "whenNotMatched": "insert" } };
    for _ in 0..2 {
        run(&fixture, [totals.clone(), merge.clone()]).await;
    }
    let report = fixture.collection("totals");
    assert_eq!(report.count_documents(doc! { "n": 6 }).await.unwrap(), 2);

    run(&fixture, [totals, doc! { "$out": "copy" }]).await;
    assert_eq!(
        fixture
            .collection("copy")
            .count_documents(doc! {})
            .await
            .unwrap(),
        2
    );
    fixture.end().await;
}

#[tokio::test]
async fn a_window_runs_over_its_partition() {
    let fixture = requests().await;
    let window = doc! { "$setWindowFields": {
        "partitionBy": "$service", "sortBy": { "at": 1 },
        "output": { "running": { "$sum": "$ms", "window": { "documents": ["unbounded", "current"] } } },
    } };
    let pipeline = [
        window,
        doc! { "$match": { "service": "api" } },
        doc! { "$sort": { "_id": 1 } },
    ];
    let rows = run(&fixture, pipeline).await;
    let running: Vec<f64> = rows
        .iter()
        .map(|row| number(row.get("running").unwrap()))
        .collect();
    assert_eq!(running, [10.0, 40.0, 90.0, 160.0, 250.0, 360.0]);
    fixture.end().await;
}

#[tokio::test]
async fn times_are_put_into_buckets() {
    let fixture = requests().await;
    let hour = doc! { "$dateTrunc": { "date": "$at", "unit": "hour", "binSize": 6 } };
    let pipeline = [
        doc! { "$group": { "_id": hour, "n": { "$sum": 1 } } },
        doc! { "$sort": { "_id": 1 } },
    ];
    let rows = run(&fixture, pipeline).await;
    let starts: Vec<i64> = rows
        .iter()
        .map(|row| row.get_datetime("_id").unwrap().timestamp_millis())
        .collect();
    assert_eq!(starts, [1_767_225_600_000, 1_767_247_200_000]);

    let day = doc! { "$dateToString": { "date": "$at", "format": "%Y-%m-%dT%H" } };
    let rows = run(
        &fixture,
        [
            doc! { "$group": { "_id": day } },
            doc! { "$sort": { "_id": 1 } },
        ],
    )
    .await;
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[11].get_str("_id").unwrap(), "2026-01-01T11");
    fixture.end().await;
}

#[tokio::test]
async fn expressions_reshape_documents() {
    let fixture = requests().await;
    let pipeline = [
        doc! { "$match": { "$expr": { "$gte": ["$ms", 110] } } },
        doc! { "$set": { "class": { "$switch": {
            "branches": [{ "case": { "$lt": ["$ms", 115] }, "then": "slow" }], "default": "dead",
        } } } },
        doc! { "$sort": { "_id": 1 } },
        doc! { "$project": { "_id": 0, "class": 1, "label": { "$concat": ["$service", ":", { "$toString": "$ms" }] } } },
    ];
    let rows = run(&fixture, pipeline).await;
    let expected = [
        doc! { "class": "slow", "label": "api:110" },
        doc! { "class": "dead", "label": "worker:120" },
    ];
    assert_eq!(rows, expected);
    fixture.end().await;
}

#[tokio::test]
async fn buckets_unions_and_samples_work() {
    let fixture = requests().await;
    let bucket = doc! { "$bucket": { "groupBy": "$ms", "boundaries": [0, 50, 1000], "output": { "n": { "$sum": 1 } } } };
    let rows = run(&fixture, [bucket]).await;
    let counts: Vec<f64> = rows
        .iter()
        .map(|row| number(row.get("n").unwrap()))
        .collect();
    assert_eq!(counts, [4.0, 8.0]);
    let union = doc! { "$unionWith": { "coll": "requests", "pipeline": [{ "$limit": 3 }] } };
    assert_eq!(run(&fixture, [union]).await.len(), 15);
    assert_eq!(
        run(&fixture, [doc! { "$sample": { "size": 4 } }])
            .await
            .len(),
        4
    );
    let top = doc! { "$group": { "_id": null, "top": { "$topN": { "n": 2, "sortBy": { "ms": -1 }, "output": "$ms" } } } };
    let rows = run(&fixture, [top]).await;
    assert_eq!(
        rows[0].get_array("top").unwrap(),
        &[Bson::from(120), Bson::from(110)]
    );
    fixture.end().await;
}
