//! A release is deployed, and taken back, while tasks run: what a client sees of it.
//!
//! `make test-upgrade` runs this beside the deployments. Each phase ends with a line that names it; the
//! next begins when a line comes back, after what is deployed between the two.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a check stops at what is not as it should be; the phases are told on standard output"
)]

mod before;
mod load;
mod watch;

use std::io::BufRead as _;
use std::time::Duration;

use end_to_end::Stack;

use before::Before;
use load::Load;
use watch::Watch;

/// How long tasks go on being submitted after a deployment, with workers of both releases on the queues.
const SIDE_BY_SIDE: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let reporter = stack.new_user(&caller.tenant, &["notify"]).await;
    let watch = Watch::open(&caller).await;

    let before = Before::made(&caller, &reporter).await;
    let load = Load::start(&caller);
    load.some_at_least(10).await;
    phase("before").await;

    // The new release has just been deployed, with tasks of the old one on the queues.
    before.ended(&caller, &reporter).await;
    tokio::time::sleep(SIDE_BY_SIDE).await;
    let mut tasks = load.stop().await;
    tasks.extend(before.tasks());
    let ended = watch::all_ended_once(&caller, &tasks).await;
    let latest = watch.has_seen(&caller, &ended).await;
    before.can_be_read(&caller).await;
    println!(
        "{} tasks ended once, and their ends were seen, the latest after {latest:.1}",
        ended.len()
    );
    phase("after").await;

    // The old release is back, over what the new one wrote.
    before.can_be_read(&caller).await;
    let still = watch::all_ended_once(&caller, &tasks).await;
    assert_eq!(still, ended, "what has ended stays as it was");
    let id = caller
        .submit_aggregate(serde_json::json!({"window": "all"}))
        .await;
    assert_eq!(caller.ended(&id).await["status"], "completed");
    watch::nothing_is_dead(&stack).await;
    println!("the old release reads {} tasks of both", still.len());
}

/// Tells that a phase is through, and waits until the next may begin.
async fn phase(name: &'static str) {
    println!("phase {name}");
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = line.await.expect("it waits").expect("a line");
    assert!(!line.is_empty(), "whoever deploys is gone");
}
