//! What pushing a broadcast costs our own code, with ports in memory and no socket:
//! `cargo run --release -p app --example push_broadcast -- ROUNDS CONNECTIONS...`.
//!
//! One line of JSON for each measurement: `pusher` with a gateway that takes every post at once,
//! `growth` with one that takes 5 ms for each, for all shards side by side as AWS runs them, and for
//! one shard alone with all connections in it.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::cast_precision_loss, reason = "counts are small")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::PushBroadcast;
use domain::broadcast::{Addressees, Part, Shard};
use domain::ports::ConnectionStore as _;
use futures::future::try_join_all;
use serde_json::json;
use testkit::ambient::{Counting, FixedClock};
use testkit::build::{self, NOW};
use testkit::memory::{Behaviour, Faults, MemoryBroadcastQueue, MemoryConnections, MemoryPostman};

/// What the growth is measured with: about what a post takes on AWS.
const GATEWAY: Duration = Duration::from_millis(5);

fn pusher(connections: &Arc<MemoryConnections>, postman: &Arc<MemoryPostman>) -> PushBroadcast {
    PushBroadcast {
        audience: connections.clone(),
        connections: connections.clone(),
        postman: postman.clone(),
        queue: Arc::new(MemoryBroadcastQueue::default()),
        clock: Arc::new(FixedClock::at(NOW)),
        entropy: Arc::new(Counting::default()),
    }
}

/// As many connections; with `shard` all in that one.
async fn audience(
    count: usize,
    shard: Option<Shard>,
    gateway: Option<Duration>,
) -> Result<PushBroadcast, Box<dyn Error>> {
    let connections = Arc::new(MemoryConnections::new(&Faults::default()));
    let postman = Arc::new(MemoryPostman::default());
    let identity = build::identity(&build::tenant());
    let mut left = count;
    while left > 0 {
        let connection = build::connection(&identity);
        if shard.is_some_and(|shard| Shard::of(&connection.id) != shard) {
            continue;
        }
        connections.register(&connection).await?;
        if let Some(length) = gateway {
            postman.set(&connection.id, Behaviour::Slow(length));
        }
        left -= 1;
    }
    Ok(pusher(&connections, &postman))
}

/// Milliseconds of one broadcast, each part on a task of its own.
async fn once(push: &PushBroadcast, parts: Vec<Part>) -> Result<f64, Box<dyn Error>> {
    let started = Instant::now();
    let pushes = parts.into_iter().map(|part| {
        let push = push.clone();
        tokio::spawn(async move { push.run(&part).await })
    });
    for outcome in try_join_all(pushes).await? {
        outcome?;
    }
    Ok(started.elapsed().as_secs_f64() * 1_000.0)
}

fn all_shards() -> Vec<Part> {
    build::broadcast(json!("x".repeat(200))).parts()
}

fn one_shard(shard: Shard) -> Vec<Part> {
    let broadcast = build::broadcast(json!("x".repeat(200)));
    let to = Addressees::Shard { shard, after: None };
    vec![Part { broadcast, to }]
}

fn at(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted[place.saturating_sub(1).min(sorted.len() - 1)]
}

async fn measure(rounds: usize, connections: usize) -> Result<(), Box<dyn Error>> {
    let push = audience(connections, None, None).await?;
    let mut times = vec![];
    for _ in 0..rounds.max(1) {
        times.push(once(&push, all_shards()).await?);
    }
    times.sort_by(f64::total_cmp);
    let total: f64 = times.iter().sum();
    println!(
        "{}",
        json!({
            "row": "pusher", "connections": connections,
            "per_second": 1_000.0 * times.len() as f64 / total,
            "p50_ms": at(&times, 0.5), "p99_ms": at(&times, 0.99),
        })
    );
    let push = audience(connections, None, Some(GATEWAY)).await?;
    let eight = once(&push, all_shards()).await?;
    let shard = Shard::numbered(0);
    let push = audience(connections, Some(shard), Some(GATEWAY)).await?;
    let one = once(&push, one_shard(shard)).await?;
    let shards = Shard::all().len();
    for (shards, ms) in [(shards, eight), (1, one)] {
        println!(
            "{}",
            json!({"row": "growth", "connections": connections, "shards": shards, "p50_ms": ms})
        );
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Result<Vec<usize>, _> =
        std::env::args().skip(1).map(|text| text.parse()).collect();
    let numbers = numbers?;
    let (rounds, sizes) = numbers.split_first().ok_or("name rounds and connections")?;
    for connections in sizes {
        measure(*rounds, *connections).await?;
    }
    Ok(())
}
