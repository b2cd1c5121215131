//! The contract of [`Pauses`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::pause::{Author, Pause, Subject};
use domain::ports::Pauses;
use futures::future::join_all;
use time::{Duration, OffsetDateTime};

use crate::ambient::FixedClock;
use crate::build::{self, NOW};

/// Pauses and the clock that they go by, which shows [`NOW`] and only this contract moves.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// Keeps them.
    pub pauses: &'a dyn Pauses,
    /// Tells which have ended.
    pub clock: &'a FixedClock,
}

/// The whole contract. Nobody else may use the store.
pub async fn all(kept: Kept<'_>) {
    a_pause_comes_back_as_it_was_made(kept).await;
    authors_pauses_of_one_subject_stand_side_by_side(kept).await;
    the_later_decision_counts_in_whatever_order_they_arrive(kept).await;
    of_decisions_at_once_the_latest_stays(kept).await;
    a_pause_ends_by_itself(kept).await;
}

fn pause(subject: &str, by: &str, since: OffsetDateTime) -> Pause {
    build::pause(subject, by, since)
}

impl Kept<'_> {
    async fn held(&self) -> Vec<Pause> {
        self.pauses.list().await.unwrap()
    }

    async fn take(&self, pause: &Pause) -> bool {
        self.pauses.pause(pause).await.unwrap()
    }

    async fn lift(&self, pause: &Pause, at: OffsetDateTime) -> bool {
        let lifted = self.pauses.resume(&pause.subject, &pause.by, at).await;
        lifted.unwrap()
    }
}

/// With an end and without, by subject; a second one takes the place of the first.
pub async fn a_pause_comes_back_as_it_was_made(kept: Kept<'_>) {
    assert_eq!(kept.held().await, []);
    let mut kind = Pause {
        until: Some(NOW + Duration::HOUR),
        ..pause(
            "kind:analyze",
            "guard:spend alarm #1",
            NOW + Duration::MILLISECOND,
        )
    };
    let every = pause("all", "operator:ada", NOW);
    let tenant = pause("tenant:acme", "operator:ada", NOW);
    for one in [&tenant, &kind, &every] {
        assert!(kept.take(one).await);
    }
    let expected = [every.clone(), kind.clone(), tenant.clone()];
    assert_eq!(kept.held().await, expected);
    kind.reason = "it is still spent".into();
    kind.until = None;
    kind.since += Duration::SECOND;
    assert!(kept.take(&kind).await);
    assert_eq!(
        kept.held().await,
        [every.clone(), kind.clone(), tenant.clone()]
    );
    for one in [&tenant, &kind, &every] {
        assert!(kept.lift(one, one.since).await, "at the same moment");
    }
    assert_eq!(kept.held().await, []);
    assert!(kept.lift(&every, NOW).await, "also twice");
}

/// What the guard lifts is none of an operator's, and one operator lifts what another has paused.
pub async fn authors_pauses_of_one_subject_stand_side_by_side(kept: Kept<'_>) {
    let guard = pause("kind:export", "guard:budget", NOW);
    let alarm = pause("kind:export", "guard:alarm", NOW);
    let ada = pause("kind:export", "operator:ada", NOW);
    for one in [&guard, &alarm, &ada] {
        assert!(kept.take(one).await);
    }
    assert_eq!(
        kept.held().await,
        [alarm.clone(), guard.clone(), ada.clone()]
    );
    kept.lift(&guard, NOW).await;
    assert_eq!(kept.held().await, [alarm.clone(), ada.clone()]);
    let bob = Pause {
        by: Author::Operator("bob".into()),
        ..ada
    };
    kept.lift(&bob, NOW).await;
    assert_eq!(kept.held().await, std::slice::from_ref(&alarm));
    kept.lift(&alarm, NOW).await;
}

/// Notices overtake one another, and are delivered twice.
pub async fn the_later_decision_counts_in_whatever_order_they_arrive(kept: Kept<'_>) {
    let first = pause("kind:late", "guard:alarm", NOW);
    let lifted = NOW + Duration::MINUTE;
    let second = pause("kind:late", "guard:alarm", NOW + Duration::minutes(2));
    assert!(kept.lift(&first, lifted).await, "the lifting comes first");
    assert!(!kept.take(&first).await);
    assert_eq!(kept.held().await, []);
    assert!(kept.take(&second).await);
    assert!(kept.take(&second).await, "delivered twice");
    assert!(!kept.lift(&first, lifted).await, "delivered again");
    assert_eq!(kept.held().await, std::slice::from_ref(&second));
    assert!(kept.lift(&second, NOW + Duration::minutes(3)).await);
    assert!(!kept.take(&second).await, "delivered again");
    assert_eq!(kept.held().await, []);
}

/// However they race: what is left is what was decided last.
pub async fn of_decisions_at_once_the_latest_stays(kept: Kept<'_>) {
    let decided = |n: i64| pause("kind:raced", "guard:alarm", NOW + Duration::milliseconds(n));
    for last in [19_i64, 18] {
        let base = if last == 19 { 0 } else { 100 };
        let decisions = (0..=last).map(async |n| {
            let one = decided(base + n);
            if n % 2 == 0 {
                kept.lift(&one, one.since).await
            } else {
                kept.take(&one).await
            }
        });
        join_all(decisions).await;
        let expected: Vec<_> = (last % 2 == 1)
            .then(|| decided(base + last))
            .into_iter()
            .collect();
        assert_eq!(kept.held().await, expected, "of {last}");
    }
}

/// Whenever the store gets to removing it; one without an end stays.
pub async fn a_pause_ends_by_itself(kept: Kept<'_>) {
    let ending = Pause {
        until: Some(NOW + Duration::HOUR),
        ..pause("kind:ending", "operator:ada", NOW)
    };
    let endless = pause("tenant:endless", "operator:ada", NOW);
    for one in [&ending, &endless] {
        assert!(kept.take(one).await);
    }
    kept.clock.advance(Duration::HOUR - Duration::SECOND);
    assert_eq!(kept.held().await, [ending, endless.clone()]);
    kept.clock.advance(Duration::SECOND);
    assert_eq!(kept.held().await, std::slice::from_ref(&endless));
    kept.clock.advance(Duration::days(4_000));
    assert_eq!(kept.held().await, std::slice::from_ref(&endless));
    let subject: Subject = endless.subject.clone();
    let lifted = kept.pauses.resume(&subject, &endless.by, endless.since);
    assert!(lifted.await.unwrap());
    assert_eq!(kept.held().await, []);
}
