//! Measures how much the deployed binaries get through: one run as JSON on standard input, one line of
//! JSON with its figures on standard output. `bench/README.md` says what they mean.
//!
//! | file | what is run |
//! |---|---|
//! | `submit` | the function `api` takes tasks on, a hundred in a call |
//! | `worker` | the function `worker` runs them, in batches from the queue |
//! | `pool` | the process `pool` takes them from the queue itself |
//! | `ingest` | the function `api` takes events in |
//! | `call` | one call of `api`, as API Gateway hands it over |

mod call;
mod ingest;
mod plan;
mod pool;
mod submit;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use serde_json::Value;

use crate::plan::{Failed, Run};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(figures) => {
            // Whoever asked for the figures may be gone.
            let _ = writeln!(std::io::stdout(), "{figures}");
            ExitCode::SUCCESS
        }
        Err(failed) => {
            let text = domain::causes(&failed);
            // Nothing is left to tell if standard error is gone.
            let _ = writeln!(std::io::stderr(), "throughput: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value, Failed> {
    match serde_json::from_reader(std::io::stdin())? {
        Run::Submit(run) => submit::run(&run).await,
        Run::Worker(run) => worker::run(&run).await,
        Run::Pool(run) => pool::run(&run).await,
        Run::Ingest(run) => ingest::run(&run).await,
    }
}
