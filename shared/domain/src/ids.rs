//! Names of things, and who is asking.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} {problem}")]
pub struct InvalidId {
    /// The kind of name, for example `tenant`.
    pub what: &'static str,
    /// What is wrong with it, as a phrase that follows the kind.
    pub problem: &'static str,
}

/// Longest name accepted, in bytes; keeps every `DynamoDB` and S3 key far below its limit.
pub(crate) const LONGEST: usize = 128;

fn check(what: &'static str, text: &str) -> Result<(), InvalidId> {
    let problem = if text.is_empty() {
        "is empty"
    } else if text.len() > LONGEST {
        "is longer than 128 bytes"
    } else if !text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_=.@:+".contains(&b))
    {
        // '#' and '/' separate the parts of table and object keys, so no name may hold them.
        "may only hold letters, digits and - _ = . @ : +"
    } else {
        return Ok(());
    };
    Err(InvalidId { what, problem })
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Checks the text and takes it.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                check($what, &text)?;
                Ok(Self(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl FromStr for $type {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A customer of the system. Every read and write is scoped to one.
    TenantId,
    "tenant"
);
name!(
    /// A signed-in person or program, by the `sub` claim of its verified token.
    UserId,
    "user"
);
name!(
    /// An open WebSocket, by the id API Gateway gave it.
    ConnectionId,
    "connection"
);
name!(
    /// A process of the pool, by the UUID that it made for itself when it started.
    PoolId,
    "pool process"
);

/// A task's name: a version 7 UUID, so that ids sort by the time of submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Uuid);

impl RequestId {
    /// Takes a UUID that the injected entropy made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The smallest name that a task submitted in this millisecond can have: where a range of time
    /// begins among names (<https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7>).
    pub fn first_at(moment: OffsetDateTime) -> Self {
        let millis = moment.unix_timestamp_nanos() / 1_000_000;
        let longest = (1_u64 << 48) - 1;
        let millis = u64::try_from(millis.max(0)).map_or(longest, |millis| millis.min(longest));
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// The greatest name before this one, version or not; none before the first of all.
    pub fn predecessor(self) -> Option<Self> {
        let before = self.0.as_u128().checked_sub(1)?;
        Some(Self(Uuid::from_u128(before)))
    }
}

impl FromStr for RequestId {
    type Err = InvalidId;

    /// Reads the hyphenated form only, so that one task has one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId {
            what: "request_id",
            problem: "is not a UUID",
        };
        if text.len() != 36 {
            return Err(invalid);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| invalid)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// Proof of a claim: only the worker that holds it may report on the running task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaseToken(Uuid);

impl LeaseToken {
    /// Takes a UUID that the injected entropy made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for LeaseToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// A right beyond a tenant's own data, granted by membership of a user-pool group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// May broadcast and see the operators' streams.
    Operator,
    /// May report the status of a task from outside.
    Notify,
    /// May see the secret that signs the tenant's webhooks.
    Webhooks,
}

impl FromStr for Scope {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text {
            "operator" => Ok(Self::Operator),
            "notify" => Ok(Self::Notify),
            "webhooks" => Ok(Self::Webhooks),
            _ => Err(InvalidId {
                what: "scope",
                problem: "is not operator, notify or webhooks",
            }),
        }
    }
}

/// The verified caller. Built from a token's claims or a ticket, never from a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The tenant whose data the caller may see.
    pub tenant: TenantId,
    /// The caller.
    pub user: UserId,
    /// Further rights.
    #[serde(default)]
    pub scopes: BTreeSet<Scope>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_refuse_key_separators() {
        for bad in ["", "a#b", "a/b", "a b", "ä", &"x".repeat(129)] {
            assert!(TenantId::new(bad).is_err(), "{bad:?} was taken");
        }
        assert_eq!(
            ConnectionId::new("JxA1bcQ_IAMCJ-w=").unwrap().as_str(),
            "JxA1bcQ_IAMCJ-w="
        );
    }

    #[test]
    fn a_moment_lies_between_the_names_of_before_and_after() {
        let id: RequestId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let submitted = OffsetDateTime::from_unix_timestamp_nanos(0x0189_0a5d_ac96 * 1_000_000);
        let submitted = submitted.unwrap();
        let first = RequestId::first_at(submitted);
        assert_eq!(first.to_string(), "01890a5d-ac96-7000-8000-000000000000");
        let next = RequestId::first_at(submitted + time::Duration::MILLISECOND);
        assert!(first <= id && id < next);
        assert!(first.predecessor().unwrap() < first);
        let ancient = RequestId::first_at(time::macros::datetime!(1900-01-01 0:00 UTC));
        assert!(ancient < first);
    }

    #[test]
    fn a_request_id_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<RequestId>().unwrap().to_string(), text);
        assert!(
            "01890a5dac96774bbcceb302099a8057"
                .parse::<RequestId>()
                .is_err()
        );
        assert!("nonsense".parse::<RequestId>().is_err());
    }
}
