use proptest::collection::vec;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::ids::PoolId;
use crate::pool::{BEAT_EVERY, DEAD_AFTER};

const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
const PATIENCE: Patience = Patience {
    after: Duration::minutes(1),
    calm: Duration::minutes(3),
};
/// How often the decision is made.
const TICK: Duration = Duration::minutes(1);

fn process() -> Heartbeat {
    Heartbeat {
        id: PoolId::new("one").unwrap(),
        started_at: NOW - Duration::HOUR,
        seen_at: NOW,
        capacity: 10,
        running: 3,
        oldest_wait_ms: Some(40),
        taken: 1_000,
        full_since: None,
    }
}

fn sources(enabled: bool, for_so_long: Duration) -> EventSourceState {
    EventSourceState {
        enabled: Some(enabled),
        changed_at: NOW - for_so_long,
    }
}

fn takers(heartbeats: &[Heartbeat], waiting: u64, sources: EventSourceState) -> Takers {
    let sight = Sight {
        heartbeats,
        waiting,
        sources,
        now: NOW,
    };
    sight.takers(PATIENCE)
}

const LONG: Duration = Duration::HOUR;

#[test]
fn a_steady_load_is_the_pools_alone() {
    for enabled in [true, false] {
        assert_eq!(
            takers(&[process()], 0, sources(enabled, LONG)),
            Takers::Pool
        );
        // Messages that a process with room is just about to take.
        assert_eq!(
            takers(&[process()], 5, sources(enabled, LONG)),
            Takers::Pool
        );
    }
}

#[test]
fn without_a_living_process_lambda_takes_all() {
    let dead = Heartbeat {
        seen_at: NOW - DEAD_AFTER,
        ..process()
    };
    for enabled in [true, false] {
        assert_eq!(takers(&[], 0, sources(enabled, LONG)), Takers::Lambda);
        let dead = std::slice::from_ref(&dead);
        assert_eq!(takers(dead, 7, sources(enabled, LONG)), Takers::Lambda);
    }
}

#[test]
fn lambda_helps_where_a_message_has_waited_too_long() {
    let off = sources(false, LONG);
    let waited = |ms| Heartbeat {
        oldest_wait_ms: Some(ms),
        ..process()
    };
    assert_eq!(takers(&[process(), waited(59_999)], 0, off), Takers::Pool);
    assert_eq!(takers(&[process(), waited(60_000)], 0, off), Takers::Both);
}

#[test]
fn lambda_helps_where_messages_wait_and_no_process_has_had_a_place_for_long() {
    let off = sources(false, LONG);
    let full = |for_so_long| Heartbeat {
        oldest_wait_ms: None,
        full_since: Some(NOW - for_so_long),
        running: 10,
        ..process()
    };
    let (long, short) = (full(PATIENCE.after), full(Duration::seconds(59)));
    let alone = std::slice::from_ref(&long);
    assert_eq!(takers(alone, 1, off), Takers::Both);
    assert_eq!(takers(alone, 0, off), Takers::Pool, "nobody waits");
    assert_eq!(takers(&[long.clone(), short], 1, off), Takers::Pool);
    assert_eq!(
        takers(&[long, process()], 1, off),
        Takers::Pool,
        "one has room"
    );
}

#[test]
fn lambda_goes_on_until_the_pool_can_be_left_alone() {
    let calm = sources(true, PATIENCE.calm);
    assert_eq!(takers(&[process()], 0, calm), Takers::Pool);
    let just_on = sources(true, PATIENCE.calm - Duration::SECOND);
    assert_eq!(takers(&[process()], 0, just_on), Takers::Both);
    let busy = [
        Heartbeat {
            running: 9,
            ..process()
        },
        Heartbeat {
            oldest_wait_ms: Some(30_000),
            ..process()
        },
        Heartbeat {
            started_at: NOW - Duration::seconds(59),
            ..process()
        },
    ];
    for process in busy {
        assert_eq!(
            takers(std::slice::from_ref(&process), 0, calm),
            Takers::Both
        );
        let off = sources(false, LONG);
        assert_eq!(takers(&[process], 0, off), Takers::Pool, "none begins so");
    }
}

/// What a pool of one process lives through, second by second.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// So many messages are sent.
    Sent(u8),
    /// It is killed.
    Killed,
    /// Another one is started in its place.
    Started,
}

fn any_event() -> impl Strategy<Value = (u16, Event)> {
    let event = prop_oneof![
        4 => (1..40_u8).prop_map(Event::Sent),
        1 => Just(Event::Killed),
        2 => Just(Event::Started),
    ];
    (1..200_u16, event)
}

/// A queue, one process with a few places, and Lambda.
struct World {
    now: OffsetDateTime,
    /// When each message that waits was sent, oldest first.
    queue: Vec<OffsetDateTime>,
    /// When each task in hand is done.
    running: Vec<OffsetDateTime>,
    alive: bool,
    heartbeat: Option<Heartbeat>,
    oldest_wait: Option<Duration>,
    full_since: Option<OffsetDateTime>,
    started_at: OffsetDateTime,
    sources: EventSourceState,
    /// Since when nobody has been there to take what waits.
    no_taker_since: Option<OffsetDateTime>,
    switches: Vec<(OffsetDateTime, bool)>,
    task: Duration,
}

const PLACES: usize = 4;

impl World {
    fn new(task: Duration) -> Self {
        Self {
            now: NOW,
            queue: vec![],
            running: vec![],
            alive: false,
            heartbeat: None,
            oldest_wait: None,
            full_since: None,
            started_at: NOW,
            sources: sources(true, LONG),
            no_taker_since: None,
            switches: vec![],
            task,
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Sent(count) => self
                .queue
                .extend(std::iter::repeat_n(self.now, count.into())),
            Event::Killed => {
                self.alive = false;
                // Its messages come back; here they begin to wait anew.
                let in_hand = std::mem::take(&mut self.running).len();
                self.queue.extend(std::iter::repeat_n(self.now, in_hand));
            }
            Event::Started if !self.alive => {
                (self.alive, self.started_at) = (true, self.now);
                (self.oldest_wait, self.full_since) = (None, None);
            }
            Event::Started => {}
        }
    }

    /// A second goes by.
    fn second(&mut self) {
        self.now += Duration::SECOND;
        let now = self.now;
        let before = self.running.len();
        self.running.retain(|done| *done > now);
        if self.running.len() < before {
            self.full_since = None;
        }
        while self.alive && self.running.len() < PLACES && !self.queue.is_empty() {
            let sent = self.queue.remove(0);
            self.oldest_wait = self.oldest_wait.max(Some(now - sent));
            self.running.push(now + self.task);
            if self.running.len() == PLACES {
                self.full_since = Some(sent);
            }
        }
        if self.sources.enabled == Some(true) {
            self.queue.clear();
        }
        let seconds = (now - NOW).whole_seconds();
        if self.alive && seconds % BEAT_EVERY.whole_seconds() == 0 {
            self.beat();
        }
        if seconds % TICK.whole_seconds() == 0 {
            self.tick();
        }
        let nobody = !self.alive && self.sources.enabled == Some(false) && !self.queue.is_empty();
        self.no_taker_since = nobody.then(|| self.no_taker_since.unwrap_or(now));
    }

    fn beat(&mut self) {
        self.heartbeat = Some(Heartbeat {
            id: PoolId::new("one").unwrap(),
            started_at: self.started_at,
            seen_at: self.now,
            capacity: u32::try_from(PLACES).unwrap(),
            running: u32::try_from(self.running.len()).unwrap(),
            oldest_wait_ms: self
                .oldest_wait
                .take()
                .map(|wait| u64::try_from(wait.whole_milliseconds()).unwrap()),
            taken: 0,
            full_since: self.full_since,
        });
    }

    fn tick(&mut self) {
        let sight = Sight {
            heartbeats: self.heartbeat.as_slice(),
            waiting: u64::try_from(self.queue.len()).unwrap(),
            sources: self.sources,
            now: self.now,
        };
        let takers = sight.takers(PATIENCE);
        if self.sources.differs_from(takers) {
            self.switches.push((self.now, takers.need_lambda()));
            self.sources = EventSourceState {
                enabled: Some(takers.need_lambda()),
                changed_at: self.now,
            };
        }
    }
}

proptest! {
    /// Whatever happens to the pool and the load: no message is left without anybody who would take
    /// it for longer than the setting and a tick, none waits for much longer behind a busy pool, and
    /// Lambda is not switched off again before a while of calm.
    #[test]
    fn no_message_is_left_alone_and_nothing_flaps(
        events in vec(any_event(), 1..40),
        task_seconds in 1..900_i64,
    ) {
        let mut world = World::new(Duration::seconds(task_seconds));
        let longest = PATIENCE.after + TICK;
        // Where the pool dies while messages wait in vain, both waits come together.
        let longest_of_all = longest + DEAD_AFTER + TICK;
        for (seconds, event) in events {
            world.happens(event);
            for _ in 0..seconds {
                world.second();
                let alone = world.no_taker_since.map_or(Duration::ZERO, |since| world.now - since);
                prop_assert!(alone <= longest, "nobody for {alone}");
                let oldest = world.queue.first().map_or(Duration::ZERO, |sent| world.now - *sent);
                prop_assert!(oldest <= longest_of_all, "waits for {oldest}");
            }
        }
        for pair in world.switches.windows(2) {
            if let [(on, true), (off, false)] = pair {
                prop_assert!(*off - *on >= PATIENCE.calm, "{on} to {off}");
            }
        }
    }

    /// Whatever else is known, and event sources of which only some are on are never left so.
    #[test]
    fn without_a_pool_lambda_is_on(waiting in any::<u64>(), enabled: bool, seconds in 0..9_000_i64) {
        let sources = sources(enabled, Duration::seconds(seconds));
        prop_assert!(takers(&[], waiting, sources).need_lambda());
        let mixed = EventSourceState { enabled: None, ..sources };
        for heartbeats in [&[][..], &[process()]] {
            prop_assert!(mixed.differs_from(takers(heartbeats, waiting, mixed)));
        }
    }
}
