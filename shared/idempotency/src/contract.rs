//! What every adapter of [`IdempotencyStore`] must do. Call [`check`] from its tests.

use std::time::{Duration, SystemTime};

use futures::future::join_all;

use crate::fingerprint::Fingerprint;
use crate::key::Key;
use crate::record::{Claim, Record, State};
use crate::store::{Acquired, IdempotencyStore, Kept};
use crate::token::Token;

const LOCK: Duration = Duration::from_secs(30);
const TTL: Duration = Duration::from_hours(24);

/// One store and the time at which the suite plays.
struct Stage<'a> {
    store: &'a dyn IdempotencyStore,
    scope: &'a str,
    start: SystemTime,
}

/// Runs the suite. `scope` must be new to the store, `start` a whole second near the present, for
/// stores that remove what has expired.
///
/// # Panics
/// At the first thing that is not as it should be.
pub async fn check(store: &dyn IdempotencyStore, scope: &str, start: SystemTime) {
    let stage = Stage {
        store,
        scope,
        start,
    };
    stage.one_of_many_claims_wins().await;
    stage.a_response_is_kept().await;
    stage.another_payload_never_wins().await;
    stage.a_dead_caller_is_replaced().await;
    stage.a_released_key_is_free().await;
    stage.a_repeated_write_has_won().await;
    stage.expired_records_are_gone().await;
    stage.keys_are_apart().await;
}

fn token(bits: u128) -> Token {
    Token::new(bits)
}

fn fingerprint(of: &str) -> Fingerprint {
    #[expect(clippy::expect_used, reason = "text always has a JSON form")]
    Fingerprint::of(&of).expect("text is JSON")
}

impl Stage<'_> {
    fn key(&self, name: &str) -> Key {
        #[expect(clippy::expect_used, reason = "the suite's own names are keys")]
        Key::new(self.scope, name).expect("a key")
    }

    fn claim(&self, who: u128, payload: &str, after: Duration) -> Claim {
        Claim {
            fingerprint: fingerprint(payload),
            token: token(who),
            locked_until: self.start + after + LOCK,
            expires_at: self.start + after + TTL,
        }
    }

    async fn acquire(&self, key: &Key, who: u128, payload: &str, after: Duration) -> Acquired {
        let claim = self.claim(who, payload, after);
        let acquired = self.store.acquire(key, &claim, self.start + after).await;
        #[expect(clippy::expect_used, reason = "the suite needs a store that works")]
        acquired.expect("the store answers")
    }

    async fn first(&self, key: &Key) {
        let acquired = self.acquire(key, 1, "payload", Duration::ZERO).await;
        assert_eq!(acquired, Acquired::Ours, "a new key is free");
    }

    async fn complete(&self, key: &Key, who: u128, response: &str) -> Kept {
        #[expect(clippy::expect_used, reason = "the suite needs a store that works")]
        let kept = self
            .store
            .complete(key, token(who), response)
            .await
            .expect("the store answers");
        kept
    }

    async fn release(&self, key: &Key, who: u128) {
        #[expect(clippy::expect_used, reason = "the suite needs a store that works")]
        self.store
            .release(key, token(who))
            .await
            .expect("the store answers");
    }

    fn theirs(&self, who: u128, after: Duration, state: State) -> Acquired {
        Acquired::Theirs(Record {
            state,
            ..self.claim(who, "payload", after).won()
        })
    }

    fn in_progress(&self, who: u128, after: Duration) -> Acquired {
        Acquired::Theirs(self.claim(who, "payload", after).won())
    }

    async fn one_of_many_claims_wins(&self) {
        let key = self.key("many");
        let claims = (1..=20).map(|who| self.acquire(&key, who, "payload", Duration::ZERO));
        let all = join_all(claims).await;
        let winners: Vec<u128> = (1..)
            .zip(&all)
            .filter(|(_, one)| **one == Acquired::Ours)
            .map(|(who, _)| who)
            .collect();
        assert_eq!(winners.len(), 1, "of many claims at once one wins");
        let theirs = self.in_progress(winners[0], Duration::ZERO);
        assert_eq!(all.iter().filter(|one| **one == theirs).count(), 19);
    }

    async fn a_response_is_kept(&self) {
        let key = self.key("kept");
        self.first(&key).await;
        let response = r#"{"text":"größer, \"quoted\"","list":[1,2.5,null]}"#;
        assert_eq!(self.complete(&key, 2, "{}").await, Kept::Overtaken);
        assert_eq!(self.complete(&key, 1, response).await, Kept::Yes);
        assert_eq!(
            self.complete(&key, 1, response).await,
            Kept::Yes,
            "twice is fine"
        );
        self.release(&key, 1).await;
        let response = response.to_owned();
        let expected = self.theirs(1, Duration::ZERO, State::Completed { response });
        let late = LOCK + Duration::from_secs(1);
        assert_eq!(self.acquire(&key, 2, "payload", late).await, expected);
        assert_eq!(
            self.acquire(&key, 1, "payload", late).await,
            expected,
            "what is completed stays"
        );
    }

    async fn another_payload_never_wins(&self) {
        let key = self.key("payload");
        self.first(&key).await;
        for after in [Duration::ZERO, LOCK + Duration::from_secs(1)] {
            let acquired = self.acquire(&key, 2, "another", after).await;
            assert_eq!(acquired, self.in_progress(1, Duration::ZERO));
        }
    }

    async fn a_dead_caller_is_replaced(&self) {
        let key = self.key("dead");
        self.first(&key).await;
        let almost = Duration::from_millis(29_999);
        assert_eq!(
            self.acquire(&key, 2, "payload", almost).await,
            self.in_progress(1, Duration::ZERO)
        );
        assert_eq!(self.acquire(&key, 3, "payload", LOCK).await, Acquired::Ours);
        assert_eq!(
            self.complete(&key, 1, "1").await,
            Kept::Overtaken,
            "the dead do not write"
        );
        self.release(&key, 1).await;
        assert_eq!(
            self.acquire(&key, 4, "payload", LOCK).await,
            self.in_progress(3, LOCK)
        );
        assert_eq!(self.complete(&key, 3, "3").await, Kept::Yes);
    }

    async fn a_released_key_is_free(&self) {
        let key = self.key("released");
        self.first(&key).await;
        self.release(&key, 2).await;
        assert_eq!(
            self.acquire(&key, 3, "payload", Duration::ZERO).await,
            self.in_progress(1, Duration::ZERO)
        );
        self.release(&key, 1).await;
        self.release(&key, 1).await;
        assert_eq!(
            self.acquire(&key, 2, "another", Duration::ZERO).await,
            Acquired::Ours
        );
    }

    async fn a_repeated_write_has_won(&self) {
        let key = self.key("repeated");
        self.first(&key).await;
        self.first(&key).await;
        assert_eq!(self.complete(&key, 1, "1").await, Kept::Yes);
    }

    async fn expired_records_are_gone(&self) {
        let key = self.key("expired");
        self.first(&key).await;
        assert_eq!(self.complete(&key, 1, "1").await, Kept::Yes);
        assert_eq!(self.acquire(&key, 2, "another", TTL).await, Acquired::Ours);
        assert_eq!(self.complete(&key, 2, "2").await, Kept::Yes);
    }

    async fn keys_are_apart(&self) {
        self.first(&self.key("one")).await;
        self.first(&self.key("other")).await;
    }
}
