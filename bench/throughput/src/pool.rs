//! Runs tasks by the process `pool`. It leaves a line for each task that it has handled, so nobody has to
//! ask the queue how many are left.

use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::plan::{Failed, Pool};

/// Works the queue off, from the moment on at which the process says that it takes tasks.
pub(crate) async fn run(run: &Pool) -> Result<Value, Failed> {
    let mut command = Command::new(&run.program.path);
    command
        .env_clear()
        .envs(&run.program.env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or_else(|| ended(0, run))?;
    let mut lines = BufReader::new(output).lines();
    let mut begun = None;
    let mut done = 0;
    while done < run.tasks {
        let line = lines.next_line().await?.ok_or_else(|| ended(done, run))?;
        let line: Value = serde_json::from_str(&line)?;
        if line["message"] == "takes tasks" {
            begun = Some(Instant::now());
        }
        if let Some(records) = line["batch.records"].as_u64() {
            if line["batch.done"] != records {
                return Err(Failed::Answer(line));
            }
            done += 1;
        }
    }
    let begun = begun.ok_or_else(|| ended(done, run))?;
    let seconds = begun.elapsed().as_secs_f64();
    let used = child.id().and_then(runtime_api::usage);
    child.kill().await?;
    Ok(json!({
        "tasks": run.tasks,
        "seconds": seconds,
        "processor_ms": used.map(|used| used.processor.as_secs_f64() * 1e3),
        "resident_bytes": used.map(|used| used.resident),
    }))
}

fn ended(done: usize, run: &Pool) -> Failed {
    let tasks = run.tasks;
    Failed::Ended { done, tasks }
}
