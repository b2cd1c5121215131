//! What must happen once.

use std::fmt;

/// Longest key, in bytes.
pub const LONGEST_KEY: usize = 128;

/// Longest scope, in bytes.
pub const LONGEST_SCOPE: usize = 256;

const BETWEEN: char = '#';

/// A name that a caller gives to one piece of work: 1 to [`LONGEST_KEY`] bytes of visible ASCII,
/// as it comes in an `Idempotency-Key` header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerKey(String);

/// Names one piece of work: within a scope, a key that the caller chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// What is wrong with a key or its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is empty.
    #[error("an idempotency key is empty")]
    Empty,
    /// It is longer than [`LONGEST_KEY`].
    #[error("an idempotency key has at most {LONGEST_KEY} bytes")]
    TooLong,
    /// It holds something else.
    #[error("an idempotency key may only hold visible ASCII characters, no spaces")]
    Character,
    /// The scope is too long, or holds the character that ends scopes or one that is not printable
    /// ASCII.
    #[error(
        "an idempotency key's scope has at most {LONGEST_SCOPE} printable bytes, without {BETWEEN}"
    )]
    Scope,
}

impl CallerKey {
    /// Takes what a caller sent.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        if text.is_empty() {
            Err(KeyError::Empty)
        } else if text.len() > LONGEST_KEY {
            Err(KeyError::TooLong)
        } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Err(KeyError::Character)
        } else {
            Ok(Self(text))
        }
    }

    /// The key within a scope. The scope keeps tenants and operations apart (`tenant/submit`): the
    /// same key in two scopes names two pieces of work. It must not come from the request.
    pub fn within(&self, scope: &str) -> Result<Key, KeyError> {
        let fits = |byte: u8| matches!(byte, b' '..=b'~') && char::from(byte) != BETWEEN;
        if scope.len() > LONGEST_SCOPE || !scope.bytes().all(fits) {
            return Err(KeyError::Scope);
        }
        Ok(Key(format!("{scope}{BETWEEN}{self}")))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Key {
    /// A caller's key within a scope, in one step; see [`CallerKey::within`].
    pub fn new(scope: &str, key: &str) -> Result<Self, KeyError> {
        CallerKey::new(key)?.within(scope)
    }

    /// As stores keep it: the scope's end is the first `#`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_visible() {
        for good in ["k", "a#b/c~!", &"x".repeat(LONGEST_KEY)] {
            assert_eq!(CallerKey::new(good).unwrap().as_str(), good);
        }
        let long = "k".repeat(LONGEST_KEY + 1);
        for (bad, error) in [
            ("", KeyError::Empty),
            (long.as_str(), KeyError::TooLong),
            ("a b", KeyError::Character),
            ("a\t", KeyError::Character),
            ("ä", KeyError::Character),
            ("a\u{7f}", KeyError::Character),
        ] {
            assert_eq!(CallerKey::new(bad), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn scopes_keep_keys_apart() {
        assert_eq!(Key::new("t", "a#b").unwrap().as_str(), "t#a#b");
        let long = "s".repeat(LONGEST_SCOPE + 1);
        for scope in ["t#a", "t\n", "ä", &long] {
            assert_eq!(Key::new(scope, "b"), Err(KeyError::Scope), "{scope:?}");
        }
    }
}
