//! A notification in, pauses out.

use std::time::Instant;

use app::GuardSpend;
use app::guard_spend::Guarded;
use boot::SUMMARY;
use domain::ports::PortError;
use domain::spend_notice::SpendNotice;
use lambda_runtime::Diagnostic;
use serde::Serialize;

use crate::notification::{SnsEvent, Unreadable};

/// Pauses by what SNS hands over.
pub(crate) struct Guard {
    /// Knows what to pause, and for how long.
    pub(crate) guard: GuardSpend,
}

/// What was done, for whoever invokes the function by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub(crate) struct Answer {
    paused: usize,
    resumed: usize,
    overtaken: usize,
    /// Messages that ask for nothing.
    ignored: usize,
}

/// The invocation counts as failed: Lambda tries twice more, and an alarm on errors sees it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<Failed> for Diagnostic {
    fn from(error: Failed) -> Self {
        let error_type = match &error {
            Failed::Unreadable(_) => "Unreadable",
            Failed::Port(_) => "Pauses",
        };
        Self {
            error_type: error_type.into(),
            error_message: boot::causes(&error),
        }
    }
}

impl Guard {
    /// Does what each message asks for. What was done before a failure is harmless to do again.
    pub(crate) async fn handle(&self, event: SnsEvent) -> Result<Answer, Failed> {
        let started = Instant::now();
        let mut answer = Answer::default();
        let mut done = Ok(());
        for record in &event.records {
            done = match record.notice() {
                Ok(Some(notice)) => self.apply(&notice, &mut answer).await,
                Ok(None) => {
                    answer.ignored += 1;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            };
            if done.is_err() {
                break;
            }
        }
        log(answer, done.as_ref().err(), started);
        done.map(|()| answer)
    }

    async fn apply(&self, notice: &SpendNotice, answer: &mut Answer) -> Result<(), Failed> {
        let Guarded {
            paused,
            resumed,
            overtaken,
        } = self.guard.run(notice).await?;
        tracing::warn!(
            spend.trigger = notice.trigger,
            spend.news = ?notice.news,
            paused,
            resumed,
            overtaken,
            "a notice of what is spent"
        );
        answer.paused += paused;
        answer.resumed += resumed;
        answer.overtaken += overtaken;
        Ok(())
    }
}

fn log(answer: Answer, error: Option<&Failed>, started: Instant) {
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    let Answer {
        paused,
        resumed,
        overtaken,
        ignored,
    } = answer;
    if let Some(error) = error {
        let error = boot::causes(error);
        tracing::error!(target: SUMMARY, { error, paused, resumed, duration_ms }, "not guarded");
    } else {
        tracing::info!(
            target: SUMMARY,
            { paused, resumed, overtaken, ignored, duration_ms },
            "guarded what is spent"
        );
    }
}

#[cfg(test)]
mod tests;
