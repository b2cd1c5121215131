//! Pauses what may not cost any more, once a budget is spent or an alarm says so.

use std::sync::Arc;

use domain::Pause;
use domain::pause::{Author, LONGEST_REASON, Subject};
use domain::ports::{Pauses, PortError};
use domain::spend_notice::{SpendNews, SpendNotice};
use domain::text::cut;
use time::Duration;

/// Pauses and resumes by what budgets and alarms tell.
#[derive(Clone)]
pub struct GuardSpend {
    /// Where pauses are.
    pub pauses: Arc<dyn Pauses>,
    /// What is paused; nothing where empty.
    pub subjects: Vec<Subject>,
    /// How long an alarm pauses at most: one whose end is never told must not pause for ever.
    pub longest: Duration,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guarded {
    /// Subjects that are paused by it.
    pub paused: usize,
    /// Subjects whose pause by the same alarm is lifted.
    pub resumed: usize,
    /// Subjects about which a later decision is known: this notice came late, or twice.
    pub overtaken: usize,
}

impl GuardSpend {
    /// Does what the notice asks for, for every subject. It can be handed over any number of times and in any order.
    /// An operator's pauses are never touched: they have another author.
    pub async fn run(&self, notice: &SpendNotice) -> Result<Guarded, PortError> {
        let mut guarded = Guarded::default();
        for subject in &self.subjects {
            let (took_effect, count) = if let Some(pause) = self.pause(notice, subject) {
                (self.pauses.pause(&pause).await?, &mut guarded.paused)
            } else {
                let author = Author::Guard(notice.trigger.clone());
                let resumed = self.pauses.resume(subject, &author, notice.at).await?;
                (resumed, &mut guarded.resumed)
            };
            if took_effect {
                *count += 1;
            } else {
                guarded.overtaken += 1;
            }
        }
        Ok(guarded)
    }

    /// What to pause; none where the notice ends a pause. The reason is told to whoever submits, so it has no figures.
    fn pause(&self, notice: &SpendNotice, subject: &Subject) -> Option<Pause> {
        let SpendNotice { trigger, at, news } = notice;
        let (until, reason) = match news {
            SpendNews::BudgetSpent(period) => {
                (period.end(*at), format!("the budget {trigger} is spent"))
            }
            SpendNews::AlarmOn => (*at + self.longest, format!("the alarm {trigger} is on")),
            SpendNews::AlarmOff => return None,
        };
        Some(Pause {
            subject: subject.clone(),
            reason: cut(&reason, LONGEST_REASON).to_owned(),
            since: *at,
            until: Some(until),
            by: Author::Guard(trigger.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::spend_notice::BudgetPeriod;
    use testkit::ambient::FixedClock;
    use testkit::build::{self, NOW};
    use testkit::memory::{Faults, MemoryPauses};
    use time::macros::datetime;

    use super::*;

    fn scene(subjects: &str) -> (GuardSpend, Arc<MemoryPauses>) {
        let clock = Arc::new(FixedClock::at(NOW));
        let pauses = Arc::new(MemoryPauses::new(clock, &Faults::default()));
        let subjects: domain::pause::Subjects = subjects.parse().unwrap();
        let guard = GuardSpend {
            pauses: pauses.clone(),
            subjects: subjects.0,
            longest: Duration::DAY,
        };
        (guard, pauses)
    }

    fn notice(trigger: &str, minute: i64, news: SpendNews) -> SpendNotice {
        SpendNotice {
            trigger: trigger.into(),
            at: NOW + Duration::minutes(minute),
            news,
        }
    }

    async fn held(pauses: &MemoryPauses) -> Vec<(String, String)> {
        let held = pauses.list().await.unwrap();
        let told = |pause: Pause| (pause.subject.to_string(), pause.by.to_string());
        held.into_iter().map(told).collect()
    }

    #[tokio::test]
    async fn a_spent_budget_pauses_until_its_period_ends() {
        let (guard, pauses) = scene("kind:analyze,tenant:x");
        let spent = notice("monthly", 0, SpendNews::BudgetSpent(BudgetPeriod::Month));
        let guarded = guard.run(&spent).await.unwrap();
        assert_eq!((guarded.paused, guarded.overtaken), (2, 0));
        let held = pauses.list().await.unwrap();
        assert_eq!(held[0].until, Some(datetime!(2026-04-01 0:00 UTC)));
        assert_eq!(held[0].reason, "the budget monthly is spent");
        assert_eq!(held[1].subject.to_string(), "tenant:x");
    }

    #[tokio::test]
    async fn an_alarm_lifts_what_it_has_paused_and_nothing_else() {
        let (guard, pauses) = scene("kind:export");
        let operator = build::pause("kind:export", "operator:ada", NOW);
        pauses.pause(&operator).await.unwrap();
        let budget = notice("monthly", 0, SpendNews::BudgetSpent(BudgetPeriod::Month));
        for notice in [budget, notice("spend", 0, SpendNews::AlarmOn)] {
            guard.run(&notice).await.unwrap();
        }
        assert_eq!(pauses.list().await.unwrap().len(), 3);
        let off = notice("spend", 5, SpendNews::AlarmOff);
        assert_eq!(guard.run(&off).await.unwrap().resumed, 1);
        let left = [
            ("kind:export".to_owned(), "guard:monthly".to_owned()),
            ("kind:export".to_owned(), "operator:ada".to_owned()),
        ];
        assert_eq!(held(&pauses).await, left);
    }

    #[tokio::test]
    async fn notices_that_come_late_or_twice_change_nothing() {
        let (guard, pauses) = scene("all");
        let (on, off) = (
            notice("spend", 0, SpendNews::AlarmOn),
            notice("spend", 5, SpendNews::AlarmOff),
        );
        guard.run(&off).await.unwrap();
        assert_eq!(guard.run(&on).await.unwrap().overtaken, 1);
        assert_eq!(held(&pauses).await, []);
        let again = notice("spend", 9, SpendNews::AlarmOn);
        for _ in 0..2 {
            assert_eq!(guard.run(&again).await.unwrap().paused, 1);
        }
        assert_eq!(guard.run(&off).await.unwrap().overtaken, 1);
        assert_eq!(held(&pauses).await.len(), 1);
    }
}
