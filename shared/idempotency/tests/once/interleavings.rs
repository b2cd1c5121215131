//! Every order in which callers can take their steps, with deaths and a clock that runs.
//!
//! A caller acquires, works, and completes or releases; between any two steps the others may take
//! theirs, time may pass, and the caller may die.

use std::time::{Duration, SystemTime};

use futures::FutureExt;
use idempotency::{Acquired, Claim, IdempotencyStore, Kept, Key, MemoryStore, State, Token};
use proptest::prelude::*;

use super::{LOCK, TTL, noon, request};

const CALLERS: usize = 4;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The caller does what comes next for it.
    Next(usize),
    /// Its work fails, if it is at work.
    Fail(usize),
    /// It dies and starts over as somebody new.
    Die(usize),
    /// Seconds go by.
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..CALLERS).prop_map(Step::Next),
        1 => (0..CALLERS).prop_map(Step::Fail),
        1 => (0..CALLERS).prop_map(Step::Die),
        2 => (1..20_u64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 0..120)
}

/// A caller at work, and when its lock ends.
type AtWork = Option<(Token, SystemTime)>;

struct Play {
    store: MemoryStore,
    key: Key,
    now: SystemTime,
    callers: [AtWork; CALLERS],
    tokens: u128,
    /// The answer that was kept, by whom and until when.
    kept: Option<(Token, SystemTime)>,
    expires_at: SystemTime,
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

impl Play {
    fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            key: request(0, "p").key,
            now: noon(),
            callers: [None; CALLERS],
            tokens: 0,
            kept: None,
            expires_at: noon(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Pass(seconds) => self.now += Duration::from_secs(seconds),
            Step::Die(who) => self.callers[who] = None,
            Step::Next(who) => match self.callers[who].take() {
                None => self.acquire(who),
                Some((token, _)) => self.complete(token),
            },
            Step::Fail(who) => {
                if let Some((token, _)) = self.callers[who].take() {
                    ready(self.store.release(&self.key, token)).unwrap();
                }
            }
        }
    }

    fn acquire(&mut self, who: usize) {
        self.tokens += 1;
        let claim = Claim {
            fingerprint: request(0, "p").fingerprint,
            token: Token::new(self.tokens),
            locked_until: self.now + LOCK,
            expires_at: self.now + TTL,
        };
        match ready(self.store.acquire(&self.key, &claim, self.now)).unwrap() {
            Acquired::Ours => {
                self.nobody_else_is_at_work();
                assert!(
                    self.kept.is_none_or(|(_, until)| until <= self.now),
                    "what is kept stays"
                );
                self.kept = None;
                self.expires_at = claim.expires_at;
                self.callers[who] = Some((claim.token, claim.locked_until));
            }
            Acquired::Theirs(record) => match record.state {
                State::Completed { response } => {
                    let (by, _) = self.kept.unwrap();
                    assert_eq!(response, by.to_string());
                }
                State::InProgress { locked_until } => assert!(locked_until > self.now),
            },
        }
    }

    /// Those whose lock has run out count as dead, though they may not know.
    fn nobody_else_is_at_work(&self) {
        let alive = self.callers.iter().flatten();
        assert_eq!(alive.filter(|(_, until)| *until > self.now).count(), 0);
    }

    fn complete(&mut self, token: Token) {
        let response = token.to_string();
        if ready(self.store.complete(&self.key, token, &response)).unwrap() == Kept::Yes {
            assert_eq!(self.kept, None, "one answer is kept");
            self.kept = Some((token, self.expires_at));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_is_at_work_and_one_answer_stays(steps in steps()) {
        let mut play = Play::new();
        for step in steps {
            play.take(step);
        }
    }
}
