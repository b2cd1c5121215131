//! `ops replay`: finds the event that is meant, and who gets it.

use std::error::Error;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;

use domain::capture::Capture;
use domain::causes;
use ops::deployment::Deployment;
use ops::dlq::find::find;
use ops::replay::event::{function_of, function_of_file, of_letter};
use ops::replay::{self, Replay, captured};
use ops::table::show;
use serde_json::Value;

use crate::{INCOMPLETE, USAGE, desks, now, refused};

/// An event, whose it is, and what it was captured as.
struct Meant {
    event: Value,
    function: Option<String>,
    captured: Option<(String, Capture)>,
}

/// Why nothing was replayed, in words for people.
enum Not {
    /// The command line or the settings are wrong.
    Usage(String),
    /// Something does not answer, or is not there.
    Done(String),
}

impl Not {
    fn usage(error: impl Error + 'static) -> Self {
        Self::Usage(causes(&error))
    }

    fn done(error: impl Error + 'static) -> Self {
        Self::Done(causes(&error))
    }
}

/// `ops replay`.
pub(crate) async fn run(args: &Replay, deployment: &Deployment, json: bool) -> ExitCode {
    match replayed(args, deployment, json).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => INCOMPLETE.into(),
        Err(Not::Usage(words)) => refused(USAGE, words),
        Err(Not::Done(words)) => refused(INCOMPLETE, words),
    }
}

async fn replayed(args: &Replay, deployment: &Deployment, json: bool) -> Result<bool, Not> {
    if args.list {
        let shelf = desks::captures(deployment).await.map_err(Not::usage)?;
        let function = args.function.as_deref();
        let listed = captured::list(&shelf, function, now(), args.most.into()).await;
        let listed = listed.map_err(|error| Not::done(captured::CaptureError::from(error)))?;
        show(&listed, json).map_err(Not::done)?;
        return Ok(true);
    }
    let meant = meant(args, deployment).await?;
    if let Some(file) = &args.save {
        let saved = std::fs::write(file, format!("{:#}\n", meant.event));
        saved.map_err(|error| Not::Usage(format!("--save: {}: {error}", file.display())))?;
        return Ok(true);
    }
    let function = args.function.clone().or(meant.function);
    let function = function.ok_or_else(|| {
        Not::Usage("which function? Give --function, such as --function worker".into())
    })?;
    let functions = desks::functions(deployment).await.map_err(Not::done)?;
    let replayed = replay::replay(args, &function, &meant.event, meant.captured, &functions);
    let replayed = replayed.await.map_err(Not::done)?;
    show(&replayed, json).map_err(Not::done)?;
    Ok(replayed.is_well())
}

async fn meant(args: &Replay, deployment: &Deployment) -> Result<Meant, Not> {
    if let Some(id) = &args.from_dlq {
        return of_dead_letter(id, deployment).await;
    }
    if let Some(wanted) = &args.from_capture {
        let shelf = desks::captures(deployment).await.map_err(Not::usage)?;
        let today = now().to_utc().date();
        let found = captured::find(&shelf, wanted, args.function.as_deref(), today).await;
        let (key, capture) = found.map_err(Not::done)?;
        return Ok(Meant {
            event: capture.event.clone(),
            function: Some(capture.function.clone()),
            captured: Some((key, capture)),
        });
    }
    let file = args.file.as_deref();
    let file = file.ok_or_else(|| {
        Not::Usage("which event? Give a file, --from-dlq or --from-capture".into())
    })?;
    Ok(Meant {
        event: of_file(file).map_err(|error| Not::Usage(format!("{}: {error}", file.display())))?,
        function: function_of_file(file).map(str::to_owned),
        captured: None,
    })
}

async fn of_dead_letter(id: &str, deployment: &Deployment) -> Result<Meant, Not> {
    let triage = desks::triage(deployment).await.map_err(Not::usage)?;
    let found = find(&triage, id).await;
    triage.put_back().await;
    // Its words have the causes in them.
    let letter = found.map_err(|error| Not::Done(error.to_string()))?;
    Ok(Meant {
        event: of_letter(&letter),
        function: Some(function_of(letter.queue).to_owned()),
        captured: None,
    })
}

fn of_file(file: &Path) -> io::Result<Value> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    Ok(serde_json::from_str(&text?)?)
}
