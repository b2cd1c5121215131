//! What every function does before it serves.

use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;

use lambda_runtime::Error;
use tokio::runtime::Builder;

use crate::settings::{self, InvalidSettings, Reader};
use crate::telemetry;

/// The exit code for settings that are not as they must be: `EX_USAGE` of sysexits.h.
const USAGE: u8 = 64;

/// Says how many events a process on Lambda Managed Instances gets at once.
const AT_ONCE: &str = "AWS_LAMBDA_MAX_CONCURRENCY";

/// Reads the settings, sets logging up, then runs `serve` on tokio's runtime: in this thread, or in one for each processor
/// where Lambda hands over several events at once.
///
/// A function that mostly waits for others gains nothing by threads: below 1,769 MB it has less than one processor
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>), and every answer that it waits for would be
/// handed from thread to thread.
///
/// Settings that are wrong end the process with code 64 and one line each on standard error;
/// a failure of `serve` ends it with code 1 and a log line.
pub fn start<T, F>(read: impl FnOnce(&mut Reader<'_>) -> T, serve: impl FnOnce(T) -> F) -> ExitCode
where
    F: Future<Output = Result<(), Error>>,
{
    let several = settings::environment(AT_ONCE).is_some_and(|count| count != "1");
    let runtime = if several {
        Builder::new_multi_thread()
    } else {
        Builder::new_current_thread()
    };
    start_on(runtime, read, serve)
}

/// Does as [`start`] does, always with threads: for work that computes, beside which leases are to be renewed.
pub fn start_with_threads<T, F>(
    read: impl FnOnce(&mut Reader<'_>) -> T,
    serve: impl FnOnce(T) -> F,
) -> ExitCode
where
    F: Future<Output = Result<(), Error>>,
{
    start_on(Builder::new_multi_thread(), read, serve)
}

fn start_on<T, F>(
    runtime: Builder,
    read: impl FnOnce(&mut Reader<'_>) -> T,
    serve: impl FnOnce(T) -> F,
) -> ExitCode
where
    F: Future<Output = Result<(), Error>>,
{
    let read = |reader: &mut Reader<'_>| (telemetry::level(reader), read(reader));
    match settings::read(&settings::environment, read) {
        Err(invalid) => refuse(&invalid),
        Ok((level, settings)) => {
            telemetry::set_up(level);
            block_on(runtime, serve(settings))
        }
    }
}

fn refuse(invalid: &InvalidSettings) -> ExitCode {
    // Where standard error is closed the exit code has to do.
    let _ = writeln!(std::io::stderr(), "{invalid}");
    ExitCode::from(USAGE)
}

fn block_on(mut runtime: Builder, serve: impl Future<Output = Result<(), Error>>) -> ExitCode {
    let runtime = runtime.enable_all().build().map_err(Error::from);
    match runtime.and_then(|runtime| runtime.block_on(serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = domain::causes(error.as_ref()), "cannot serve");
            ExitCode::FAILURE
        }
    }
}
