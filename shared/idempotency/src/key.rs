//! What must happen once.

use std::fmt;

/// Longest key, in bytes.
pub const LONGEST_KEY: usize = 512;

const BETWEEN: char = '#';

/// Names one piece of work: within a scope, a key that the caller chose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is empty.
    #[error("an idempotency key is empty")]
    Empty,
    /// Together with its scope longer than [`LONGEST_KEY`].
    #[error("an idempotency key has at most {LONGEST_KEY} bytes with its scope")]
    TooLong,
    /// It holds something that is not printable ASCII.
    #[error("an idempotency key has printable ASCII characters only")]
    Character,
    /// The scope holds the character that ends scopes.
    #[error("the scope of an idempotency key has no {BETWEEN}")]
    Scope,
}

impl Key {
    /// A key within a scope. The scope keeps tenants and operations apart (`tenant/submit`): the
    /// same key in two scopes names two pieces of work. It must not come from the request.
    pub fn new(scope: &str, key: &str) -> Result<Self, KeyError> {
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if key.trim().is_empty() {
            return Err(KeyError::Empty);
        }
        if !printable(key) || !printable(scope) {
            return Err(KeyError::Character);
        }
        if scope.contains(BETWEEN) {
            return Err(KeyError::Scope);
        }
        let whole = format!("{scope}{BETWEEN}{key}");
        if whole.len() > LONGEST_KEY {
            return Err(KeyError::TooLong);
        }
        Ok(Self(whole))
    }

    /// As stores keep it.
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
    fn keys_are_printable_and_scoped() {
        let long = "k".repeat(LONGEST_KEY);
        assert_eq!(Key::new("t", "").unwrap_err(), KeyError::Empty);
        assert_eq!(Key::new("t", "  ").unwrap_err(), KeyError::Empty);
        assert_eq!(Key::new("t", "ä").unwrap_err(), KeyError::Character);
        assert_eq!(Key::new("t", "a\nb").unwrap_err(), KeyError::Character);
        assert_eq!(Key::new("t#a", "b").unwrap_err(), KeyError::Scope);
        assert_eq!(Key::new("t", &long).unwrap_err(), KeyError::TooLong);
        assert_eq!(Key::new("t", "a#b").unwrap().as_str(), "t#a#b");
    }
}
