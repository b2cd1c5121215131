//! Measures functions side by side: `speed PLAN.json`, one line of JSON for each subject of the plan.
//!
//! A function is a process that speaks the
//! [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), whatever it is
//! written in. No gateway and no emulator of Lambda is in between: what is measured is the process, the
//! servers that it asks, and about 0.1 ms of this program, which `floor` shows. `bench/README.md` says
//! what the figures mean.

mod figures;
mod measure;
mod plan;

use std::io::Write;
use std::process::ExitCode;

use crate::measure::MeasureError;
use crate::plan::{Plan, PlanError};

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error("{name} ({job})")]
    Subject {
        name: String,
        job: String,
        source: MeasureError,
    },
    #[error("the figures cannot be written")]
    Write(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            let text = domain::causes(&failed);
            // Nothing is left to tell if standard error is gone.
            let _ = writeln!(std::io::stderr(), "speed: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failed> {
    let plan = Plan::read(std::env::args_os().nth(1).as_deref())?;
    let mut starts: Vec<_> = plan.subjects.iter().map(|_| vec![]).collect();
    // In turns, so that a slow minute of the machine meets all alike.
    for _ in 0..plan.starts {
        for (subject, starts) in plan.subjects.iter().zip(&mut starts) {
            let start = measure::start(subject).await;
            starts.push(start.map_err(|source| failed(subject, source))?);
        }
    }
    for (subject, starts) in plan.subjects.iter().zip(starts) {
        let mut warm = vec![];
        for &at_once in plan.at_once.iter().filter(|_| subject.event.is_some()) {
            let measured = measure::warm(subject, at_once, plan.invocations).await;
            warm.push(measured.map_err(|source| failed(subject, source))?);
        }
        let line = figures::of(subject, &starts, &warm).to_string();
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}

fn failed(subject: &plan::Subject, source: MeasureError) -> Failed {
    Failed::Subject {
        name: subject.name.clone(),
        job: subject.job.clone(),
        source,
    }
}
