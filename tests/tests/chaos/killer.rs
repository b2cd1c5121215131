//! Kills the deployed workers' processes.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use end_to_end::Stack;
use tokio::time::sleep;

use crate::random::Random;

/// The longest time between two kills, in milliseconds.
const LONGEST_PAUSE: u64 = 700;

/// Kills one worker after the other for this long, and gives how many.
pub(crate) async fn kill_for(length: Duration, random: &mut Random) -> usize {
    let marks = marks();
    let started = Instant::now();
    let mut killed = 0;
    while started.elapsed() < length {
        sleep(Duration::from_millis(random.below(LONGEST_PAUSE))).await;
        let workers = workers(&marks);
        let count = u64::try_from(workers.len()).expect("few");
        if count == 0 {
            continue;
        }
        let victim = usize::try_from(random.below(count)).expect("few");
        killed += usize::from(kill(workers[victim]));
    }
    killed
}

/// What the environment of this stack's worker processes says, and of no others: the function's
/// name, and the emulator's address, which only this stack has.
fn marks() -> [String; 2] {
    [
        format!(
            "AWS_LAMBDA_FUNCTION_NAME={}-worker",
            Stack::variable("STACK_NAME")
        ),
        format!("AWS_ENDPOINT_URL={}", Stack::variable("AWS_ENDPOINT_URL")),
    ]
}

/// The processes that run a deployed function's program with all these marks.
fn workers(marks: &[String]) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is there").flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // Processes that end meanwhile, or belong to others, cannot be read.
        let program = fs::read_link(entry.path().join("exe")).unwrap_or_default();
        if !program.ends_with("bootstrap") {
            continue;
        }
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let variables: Vec<_> = environment.split(|byte| *byte == 0).collect();
        if marks
            .iter()
            .all(|mark| variables.contains(&mark.as_bytes()))
        {
            found.push(pid);
        }
    }
    found
}

fn kill(pid: u32) -> bool {
    let killed = Command::new("kill").arg("-9").arg(pid.to_string()).status();
    killed.expect("kill runs").success()
}
