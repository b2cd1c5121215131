//! What every function does before it serves.

use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;

use lambda_runtime::Error;

use crate::settings::{self, InvalidSettings, Reader};
use crate::telemetry;

/// The exit code for settings that are not as they must be: `EX_USAGE` of sysexits.h.
const USAGE: u8 = 64;

/// Reads the settings, sets logging up, then runs `serve` on tokio's runtime.
///
/// Settings that are wrong end the process with code 64 and one line each on standard error;
/// a failure of `serve` ends it with code 1 and a log line.
pub fn start<T, F>(read: impl FnOnce(&mut Reader<'_>) -> T, serve: impl FnOnce(T) -> F) -> ExitCode
where
    F: Future<Output = Result<(), Error>>,
{
    let read = |reader: &mut Reader<'_>| (telemetry::level(reader), read(reader));
    match settings::read(&settings::environment, read) {
        Err(invalid) => refuse(&invalid),
        Ok((level, settings)) => {
            telemetry::set_up(level);
            block_on(serve(settings))
        }
    }
}

fn refuse(invalid: &InvalidSettings) -> ExitCode {
    // Where standard error is closed the exit code has to do.
    let _ = writeln!(std::io::stderr(), "{invalid}");
    ExitCode::from(USAGE)
}

fn block_on(serve: impl Future<Output = Result<(), Error>>) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::from);
    match runtime.and_then(|runtime| runtime.block_on(serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = domain::causes(error.as_ref()), "cannot serve");
            ExitCode::FAILURE
        }
    }
}
