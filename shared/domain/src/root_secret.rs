//! The secret that others are derived from.

use std::fmt;

/// Shortest root secret, in bytes: as long as the keys derived from it.
pub const SHORTEST_ROOT: usize = 32;

/// A secret from which every tenant's own is derived. It never shows in logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct RootSecret(Vec<u8>);

/// A root secret that could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a root secret has at least {SHORTEST_ROOT} bytes")]
pub struct TooShort;

impl RootSecret {
    /// A secret of random bytes, from a source that nobody can guess.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, TooShort> {
        let bytes = bytes.into();
        if bytes.len() < SHORTEST_ROOT {
            return Err(TooShort);
        }
        Ok(Self(bytes))
    }

    /// The secret itself.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret(..)")
    }
}

/// The root secret, and the one that it is replacing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSecrets {
    /// What counts.
    pub current: RootSecret,
    /// What counted before, until it is rotated out.
    pub previous: Option<RootSecret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_secret_is_long_and_never_shown() {
        assert_eq!(RootSecret::new("x".repeat(31)), Err(TooShort));
        let secret = RootSecret::new("x".repeat(32)).unwrap();
        assert_eq!(secret.bytes().len(), 32);
        assert_eq!(format!("{secret:?}"), "RootSecret(..)");
    }
}
