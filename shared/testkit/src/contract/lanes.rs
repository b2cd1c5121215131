//! The contract of [`Lanes`], [`DelayedMessages`], [`WaitingRoom`] and [`LaneWatch`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::lanes::{BOOST, first_look};
use domain::ports::{
    DelayedMessages, DueLane, Entered, Job, LaneWatch, Lanes, PortError, WaitingRoom,
};
use domain::task::Priority;
use domain::{RequestId, TenantId};
use futures::future::join_all;
use time::{Duration, OffsetDateTime};

use super::beside;
use crate::build::{self, NOW};

/// More lanes than tests that run at the same time leave.
const PLENTY: usize = 1_000;

/// The ports of one adapter.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// The places.
    pub lanes: &'a dyn Lanes,
    /// What is held back.
    pub delayed: &'a dyn DelayedMessages,
    /// Who waits.
    pub room: &'a dyn WaitingRoom,
    /// What is looked at.
    pub watch: &'a dyn LaneWatch,
}

/// The whole contract.
pub async fn all(kept: Kept<'_>, tenant: &TenantId) {
    places_are_given_in_order_and_kept(kept, &beside(tenant, "order")).await;
    what_leaves_makes_room(kept, &beside(tenant, "leave")).await;
    no_more_enter_at_once_than_there_are_places(kept, &beside(tenant, "race")).await;
    tenants_have_lanes_of_their_own(kept, &beside(tenant, "own")).await;
    so_many_are_delayed_until_they_enter_or_leave(kept, &beside(tenant, "delayed")).await;
    no_more_are_delayed_at_once_than_may_be(kept, &beside(tenant, "delays")).await;
    who_waits_for_its_time_comes_when_it_is_due(kept, &beside(tenant, "time")).await;
    a_lane_that_holds_is_looked_at_and_not_closed(kept, &beside(tenant, "hold")).await;
    who_waits_comes_in_order(kept, &beside(tenant, "wait")).await;
    many_wait_and_wait_no_more(kept, &beside(tenant, "many")).await;
    a_lane_in_use_is_looked_at(kept, &beside(tenant, "watch")).await;
    of_many_deferrals_one_wins(kept, &beside(tenant, "defer")).await;
    a_lane_is_closed_when_it_is_empty(kept, &beside(tenant, "close")).await;
}

fn ids(count: usize) -> Vec<RequestId> {
    (0..count).map(|_| build::request_id()).collect()
}

impl Kept<'_> {
    async fn enter(&self, tenant: &TenantId, ids: &[RequestId], limit: u32) -> Vec<Entered> {
        self.lanes.enter(tenant, ids, limit, NOW).await.unwrap()
    }

    async fn reserve(&self, tenant: &TenantId, ids: &[RequestId], limit: u32) -> Vec<Entered> {
        let reserve = self.delayed.reserve(tenant, ids, limit, NOW);
        reserve.await.unwrap()
    }

    async fn first(&self, tenant: &TenantId, count: usize) -> Vec<Job> {
        self.room.first(tenant, None, count).await.unwrap()
    }

    async fn due(&self, tenant: &TenantId, now: OffsetDateTime) -> Option<DueLane> {
        let due = self.watch.due(now, PLENTY).await.unwrap();
        due.into_iter().find(|lane| &lane.tenant == tenant)
    }
}

fn assert_conflict(outcome: &Result<(), PortError>) {
    let conflict = matches!(outcome, Err(PortError::Conflict { .. }));
    assert!(conflict, "{outcome:?} is no conflict");
}

/// Who has a place keeps it, also in a lane that is full or has become narrower.
pub async fn places_are_given_in_order_and_kept(kept: Kept<'_>, tenant: &TenantId) {
    use Entered::{Already, Full, New};
    let ids = ids(5);
    assert_eq!(kept.enter(tenant, &[], 3).await, []);
    assert_eq!(kept.enter(tenant, &ids[..2], 3).await, [New, New]);
    assert_eq!(
        kept.enter(tenant, &ids[1..], 3).await,
        [Already, New, Full, Full]
    );
    assert_eq!(kept.enter(tenant, &ids[..3], 1).await, [Already; 3]);
    assert_eq!(kept.enter(tenant, &ids[3..], 3).await, [Full, Full]);
    assert_eq!(kept.enter(tenant, &ids[3..], 9).await, [New, New]);
    let members = kept.lanes.members(tenant).await.unwrap();
    assert!(members.into_iter().eq(ids));
}

/// Leaving twice, and a lane that nobody entered, are fine.
pub async fn what_leaves_makes_room(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(3);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    assert_eq!(kept.enter(tenant, &ids, 2).await[2], Entered::Full);
    for _ in 0..2 {
        kept.lanes.leave(tenant, &ids[..1]).await.unwrap();
    }
    assert_eq!(kept.enter(tenant, &ids[2..], 2).await, [Entered::New]);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    assert!(kept.lanes.members(tenant).await.unwrap().is_empty());
}

/// Every place is taken, none twice.
pub async fn no_more_enter_at_once_than_there_are_places(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(20);
    let entered = join_all(ids.chunks(2).map(|two| kept.enter(tenant, two, 7))).await;
    let placed = entered.concat().into_iter().filter(|one| one.has_place());
    assert_eq!(placed.count(), 7);
    assert_eq!(kept.lanes.members(tenant).await.unwrap().len(), 7);
}

/// One that is full is no concern of another.
pub async fn tenants_have_lanes_of_their_own(kept: Kept<'_>, tenant: &TenantId) {
    let other = beside(tenant, "other");
    let ids = ids(2);
    kept.enter(tenant, &ids, 1).await;
    assert_eq!(kept.enter(&other, &ids[1..], 1).await, [Entered::New]);
    kept.lanes.leave(&other, &ids).await.unwrap();
    assert_eq!(kept.lanes.members(tenant).await.unwrap().len(), 1);
    let job = job(tenant, Priority::Normal, Duration::ZERO);
    kept.room.wait(&[job]).await.unwrap();
    assert_eq!(kept.first(&other, 1).await, []);
}

fn job(tenant: &TenantId, priority: Priority, after: Duration) -> Job {
    Job {
        tenant: tenant.clone(),
        request_id: build::request_id(),
        priority,
        created_at: NOW + after,
        run_at: None,
        trace: Some(build::trace()),
    }
}

/// They have no place meanwhile. A second time is the same.
pub async fn so_many_are_delayed_until_they_enter_or_leave(kept: Kept<'_>, tenant: &TenantId) {
    use Entered::{Already, Full, New};
    let ids = ids(4);
    assert_eq!(kept.reserve(tenant, &[], 2).await, []);
    assert_eq!(kept.reserve(tenant, &ids[..3], 2).await, [New, New, Full]);
    assert_eq!(kept.reserve(tenant, &ids[1..3], 2).await, [Already, Full]);
    let counted = kept.lanes.members(tenant).await.unwrap();
    assert!(counted.into_iter().eq(ids[..2].iter().copied()));
    assert_eq!(kept.enter(tenant, &ids[..1], 1).await, [New]);
    assert_eq!(kept.enter(tenant, &ids[1..2], 1).await, [Full]);
    assert_eq!(kept.reserve(tenant, &ids[2..], 2).await, [New, Full]);
    kept.lanes.leave(tenant, &ids[2..3]).await.unwrap();
    assert_eq!(kept.reserve(tenant, &ids[3..], 2).await, [New]);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    assert!(kept.lanes.members(tenant).await.unwrap().is_empty());
    assert_eq!(kept.reserve(tenant, &ids[..1], 1).await, [New]);
    kept.lanes.leave(tenant, &ids).await.unwrap();
}

/// Each of what may be is used, none twice.
pub async fn no_more_are_delayed_at_once_than_may_be(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(20);
    let counted = join_all(ids.chunks(2).map(|two| kept.reserve(tenant, two, 7))).await;
    let counted = counted.concat().into_iter().filter(|one| one.has_place());
    assert_eq!(counted.count(), 7);
}

fn held(tenant: &TenantId, priority: Priority, wait: Duration) -> Job {
    let mut job = job(tenant, priority, -Duration::DAY);
    job.run_at = Some(NOW + wait);
    job
}

/// Ordered by that time and, where it is the same, by priority; after all that is due; whole.
pub async fn who_waits_for_its_time_comes_when_it_is_due(kept: Kept<'_>, tenant: &TenantId) {
    use Priority::{High, Normal};
    let (second, minute) = (Duration::SECOND, Duration::MINUTE);
    let expected = [
        job(tenant, Normal, Duration::ZERO),
        held(tenant, High, second),
        held(tenant, Normal, second),
        held(tenant, High, minute),
        held(tenant, Normal, minute),
    ];
    let mut mixed = expected.clone();
    mixed.reverse();
    kept.room.wait(&mixed).await.unwrap();
    assert_eq!(kept.first(tenant, 9).await, expected);
    let early = Duration::nanoseconds(1);
    for (after, count) in [
        (second - early, 1),
        (second, 3),
        (minute - early, 3),
        (minute, 5),
    ] {
        let due = kept.room.first(tenant, Some(NOW + after), 9).await.unwrap();
        assert_eq!(due, expected[..count], "{after} later");
    }
    let two = kept.room.first(tenant, Some(NOW + minute), 2).await;
    assert_eq!(two.unwrap(), expected[..2]);
    kept.room.remove(&expected).await.unwrap();
    assert_eq!(kept.first(tenant, 9).await, []);
}

/// One with delayed messages is in use; one that is to hold tasks is looked at from then on, and
/// whoever has found it before does not close it.
pub async fn a_lane_that_holds_is_looked_at_and_not_closed(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(1);
    kept.reserve(tenant, &ids, 1).await;
    let found = kept.due(tenant, first_look(NOW)).await.unwrap();
    assert_conflict(&kept.watch.close(&found).await);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    for _ in 0..2 {
        kept.delayed.hold(tenant, NOW).await.unwrap();
    }
    assert_conflict(&kept.watch.close(&found).await);
    let held = kept.due(tenant, NOW).await.unwrap();
    assert_eq!(held.due_at, NOW);
    kept.watch.close(&held).await.unwrap();
    kept.delayed.hold(tenant, NOW).await.unwrap();
    assert!(kept.due(tenant, NOW).await.is_some());
}

/// By rank, then by name; whole.
pub async fn who_waits_comes_in_order(kept: Kept<'_>, tenant: &TenantId) {
    let second = Duration::SECOND;
    let expected = [
        job(tenant, Priority::Normal, -BOOST - second),
        job(tenant, Priority::High, Duration::ZERO),
        job(tenant, Priority::High, second),
        job(tenant, Priority::Normal, -second),
        job(tenant, Priority::Normal, Duration::ZERO),
        job(tenant, Priority::Normal, Duration::ZERO),
    ];
    let mut mixed = expected.clone();
    mixed.reverse();
    mixed.swap(1, 4);
    kept.room.wait(&mixed).await.unwrap();
    kept.room.wait(&mixed[2..]).await.unwrap();
    assert_eq!(kept.first(tenant, 9).await, expected);
    assert_eq!(kept.first(tenant, 2).await, expected[..2]);
    for _ in 0..2 {
        kept.room.remove(&expected[..3]).await.unwrap();
    }
    assert_eq!(kept.first(tenant, 9).await, expected[3..]);
}

/// More than one call of a table takes, and none at all.
pub async fn many_wait_and_wait_no_more(kept: Kept<'_>, tenant: &TenantId) {
    kept.room.wait(&[]).await.unwrap();
    kept.room.remove(&[]).await.unwrap();
    let jobs: Vec<_> = (0..60)
        .map(|_| job(tenant, Priority::Normal, Duration::ZERO))
        .collect();
    kept.room.wait(&jobs).await.unwrap();
    assert_eq!(kept.first(tenant, 100).await, jobs);
    kept.room.remove(&jobs).await.unwrap();
    assert_eq!(kept.first(tenant, 1).await, []);
}

/// From a moment after it was entered first; a later entry does not put that off.
pub async fn a_lane_in_use_is_looked_at(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(2);
    assert_eq!(kept.due(tenant, NOW + Duration::DAY).await, None);
    kept.enter(tenant, &ids[..1], 5).await;
    let later = NOW + Duration::MINUTE;
    kept.lanes.enter(tenant, &ids, 5, later).await.unwrap();
    let look = first_look(NOW);
    assert_eq!(kept.due(tenant, look - Duration::SECOND).await, None);
    let lane = kept.due(tenant, look).await.unwrap();
    assert_eq!(lane.due_at, look);
    kept.watch
        .defer(&lane, look + Duration::HOUR)
        .await
        .unwrap();
    assert_eq!(kept.due(tenant, look + Duration::MINUTE).await, None);
    let again = kept.due(tenant, look + Duration::HOUR).await.unwrap();
    assert_eq!(again.due_at, look + Duration::HOUR);
}

/// So that one of several sweeps looks at it.
pub async fn of_many_deferrals_one_wins(kept: Kept<'_>, tenant: &TenantId) {
    kept.enter(tenant, &ids(1), 5).await;
    let lane = kept.due(tenant, first_look(NOW)).await.unwrap();
    let until = lane.due_at + Duration::MINUTE;
    let deferrals = join_all((0..5).map(|_| kept.watch.defer(&lane, until))).await;
    let (won, lost): (Vec<_>, Vec<_>) = deferrals.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 4));
    lost.iter().for_each(assert_conflict);
}

/// Not before; and whoever enters it then has it looked at again.
pub async fn a_lane_is_closed_when_it_is_empty(kept: Kept<'_>, tenant: &TenantId) {
    let ids = ids(1);
    kept.enter(tenant, &ids, 5).await;
    let lane = kept.due(tenant, NOW + Duration::DAY).await.unwrap();
    assert_conflict(&kept.watch.close(&lane).await);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    for _ in 0..2 {
        kept.watch.close(&lane).await.unwrap();
    }
    assert_eq!(kept.due(tenant, NOW + Duration::DAY).await, None);
    kept.lanes.leave(tenant, &ids).await.unwrap();
    assert_eq!(kept.due(tenant, NOW + Duration::DAY).await, None);
    kept.enter(tenant, &ids, 5).await;
    assert!(kept.due(tenant, NOW + Duration::DAY).await.is_some());
}
