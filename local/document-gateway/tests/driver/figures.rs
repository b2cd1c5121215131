//! The figures in the README, measured on demand:
//! `cargo test --release -p document-gateway figures -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use futures::future::join_all;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use crate::support::Fixture;

const FOR: Duration = Duration::from_secs(3);

/// How often a second `tasks` tasks together do what `once` does.
async fn rate<F: Future<Output = ()>>(tasks: usize, once: impl Fn(usize) -> F) -> f64 {
    let until = Instant::now() + FOR;
    let repeat = async |task: usize| {
        let mut done = 0_u32;
        while Instant::now() < until {
            once(task).await;
            done += 1;
        }
        done
    };
    let done = join_all((0..tasks).map(repeat)).await;
    f64::from(done.iter().sum::<u32>()) / FOR.as_secs_f64()
}

async fn find_one(items: &Collection<Document>) {
    items.find_one(doc! { "_id": 500 }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a check"]
async fn figures() {
    let fixture = Fixture::new().await;
    let items = fixture.collection("items");
    items
        .insert_many((0..1000).map(|n| doc! { "_id": n, "n": n, "k": n % 10 }))
        .await
        .unwrap();
    for tasks in [1, 8] {
        let found = rate(tasks, |_| find_one(&items)).await;
        let bump = doc! { "$inc": { "n": 1 } };
        let updated = rate(tasks, |task| {
            let filter = doc! { "_id": i32::try_from(task).unwrap() };
            let update = items.update_one(filter, bump.clone());
            async { drop(update.await.unwrap()) }
        })
        .await;
        let log = fixture.collection("log");
        let inserted = rate(tasks, |_| async {
            log.insert_one(doc! { "text": "x".repeat(200) })
                .await
                .unwrap();
        })
        .await;
        println!(
            "{tasks} tasks: find_one {found:.0}/s, update_one {updated:.0}/s, insert_one {inserted:.0}/s"
        );
    }
    let batch = fixture.collection("batch");
    let batches = rate(1, |_| async {
        batch
            .insert_many((0..1000).map(|n| doc! { "n": n, "text": "x".repeat(200) }))
            .await
            .unwrap();
    })
    .await;
    println!("insert_many of 1,000: {:.0} documents/s", batches * 1000.0);
    fixture.end().await;
}
