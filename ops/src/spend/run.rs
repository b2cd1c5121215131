//! What the commands do.

use std::io;

use domain::Pause;
use domain::pause::{Author, InvalidAuthor, InvalidSubject, LONGEST_REASON, Subject};
use domain::ports::{Pauses, PortError};
use domain::text::is_plain;
use time::OffsetDateTime;

use super::args;
use super::{Held, Spend};
use crate::table::show;

/// A command has not done what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SpendError {
    /// There can be no such kind.
    #[error("--kind")]
    Subject(#[from] InvalidSubject),
    /// The name is too long.
    #[error("--by")]
    By(#[from] InvalidAuthor),
    /// Nobody could be shown this.
    #[error("--reason must be 1 to {LONGEST_REASON} bytes of plain text")]
    Reason,
    /// It would end before it begins.
    #[error("--until is past")]
    Past,
    /// Somebody decided otherwise meanwhile, or has a clock ahead of this one.
    #[error(
        "{0} was paused or resumed by somebody else at a later moment; look at it with `ops spend list`"
    )]
    Overtaken(Subject),
    /// The table does not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Nothing can be shown.
    #[error(transparent)]
    Written(#[from] io::Error),
}

impl SpendError {
    /// Whether what was asked for makes no sense.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Subject(_) | Self::By(_) | Self::Reason | Self::Past
        )
    }
}

/// Does it and shows what is paused then. False where there was nothing to resume.
///
/// # Errors
///
/// See [`SpendError`].
pub async fn run(
    spend: &Spend,
    pauses: &dyn Pauses,
    now: OffsetDateTime,
    json: bool,
) -> Result<bool, SpendError> {
    let done = match spend {
        Spend::List => true,
        Spend::Pause(asked) => pause(asked, pauses, now).await?,
        Spend::Resume(asked) => resume(asked, pauses, now).await?,
    };
    let held = pauses.list().await?;
    show(&Held::new(&held, now), json)?;
    Ok(done)
}

async fn pause(
    asked: &args::Pause,
    pauses: &dyn Pauses,
    now: OffsetDateTime,
) -> Result<bool, SpendError> {
    if !is_plain(&asked.reason, LONGEST_REASON) {
        return Err(SpendError::Reason);
    }
    // Longer than there are dates is without an end.
    let after = asked.length.map(|age| now.checked_add(age.length()));
    let until = after.unwrap_or(asked.until);
    if until.is_some_and(|until| until <= now) {
        return Err(SpendError::Past);
    }
    let pause = Pause {
        subject: asked.what.subject()?,
        reason: asked.reason.clone(),
        since: now,
        until,
        by: format!("operator:{}", asked.by).parse()?,
    };
    if pauses.pause(&pause).await? {
        Ok(true)
    } else {
        Err(SpendError::Overtaken(pause.subject))
    }
}

/// Lifts each author's pause. One that was decided by a clock ahead of this one was seen all the same.
async fn resume(
    asked: &args::Resume,
    pauses: &dyn Pauses,
    now: OffsetDateTime,
) -> Result<bool, SpendError> {
    let subject = asked.what.subject()?;
    let mut held = pauses.list().await?;
    held.retain(|pause| pause.subject == subject);
    for pause in &held {
        let at = now.max(pause.since);
        if !pauses.resume(&subject, &pause.by, at).await? {
            return Err(SpendError::Overtaken(subject));
        }
    }
    Ok(!held.is_empty())
}

/// Who decided, in a word.
pub(super) fn who(by: &Author) -> String {
    match by {
        Author::Operator(name) => name.clone(),
        Author::Guard(trigger) => format!("the spend guard ({trigger})"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clap::Parser;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Faults, MemoryPauses};
    use time::Duration;

    use super::*;
    use crate::command::{Cli, Command};

    fn spend(arguments: &str) -> Spend {
        let arguments = ["ops", "spend"].into_iter().chain(arguments.split(' '));
        match Cli::try_parse_from(arguments).unwrap().command {
            Command::Spend(spend) => spend,
            _ => panic!("spend"),
        }
    }

    fn memory() -> MemoryPauses {
        MemoryPauses::new(Arc::new(FixedClock::at(NOW)), &Faults::default())
    }

    #[tokio::test]
    async fn what_is_paused_is_resumed_whoever_paused_it() {
        let pauses = memory();
        let ahead = build::pause("kind:analyze", "guard:spend", NOW + Duration::MINUTE);
        pauses.pause(&ahead).await.unwrap();
        let pause = spend("pause --kind analyze --reason budget --for 2h --by ada");
        assert!(run(&pause, &pauses, NOW, true).await.unwrap());
        let held = pauses.list().await.unwrap();
        assert_eq!(held.len(), 2);
        assert_eq!(held[1].until, Some(NOW + Duration::hours(2)));
        assert_eq!(held[1].by, Author::Operator("ada".into()));
        let resume = spend("resume --kind analyze");
        assert!(run(&resume, &pauses, NOW, true).await.unwrap());
        assert_eq!(pauses.list().await.unwrap(), []);
        let nothing = run(&resume, &pauses, NOW, true).await;
        assert!(!nothing.unwrap(), "nothing to resume");
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused() {
        let pauses = memory();
        for arguments in [
            "pause --all --reason x --until 2026-03-01T12:00:00Z",
            "pause --kind a#b --reason x",
            "resume --kind a#b",
        ] {
            let refused = run(&spend(arguments), &pauses, NOW, true).await;
            assert!(refused.unwrap_err().is_usage(), "{arguments}");
        }
        let mut long = spend("pause --all --reason x");
        if let Spend::Pause(pause) = &mut long {
            pause.reason = "x".repeat(201);
        }
        assert!(run(&long, &pauses, NOW, true).await.unwrap_err().is_usage());
        for arguments in [
            "pause --reason x",
            "pause --all --kind a --reason x",
            "resume",
        ] {
            let arguments = ["ops", "spend"].into_iter().chain(arguments.split(' '));
            assert!(Cli::try_parse_from(arguments).is_err());
        }
        let later = build::pause("all", "operator:bob", NOW + Duration::HOUR);
        pauses.pause(&later).await.unwrap();
        let asked = spend("pause --all --reason x");
        let overtaken = run(&asked, &pauses, NOW, true).await.unwrap_err();
        assert!(!overtaken.is_usage(), "{overtaken}");
    }
}
