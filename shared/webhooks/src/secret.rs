//! What sender and receiver share.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const PREFIX: &str = "whsec_";

/// Shortest and longest secret, in bytes: 192 to 512 bits
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
const SHORTEST: usize = 24;
const LONGEST: usize = 64;

/// A key for signing. One per endpoint. It never shows in logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// What is wrong with a secret. Says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is not base64.
    #[error("a webhook secret is whsec_ and base64")]
    Encoding,
    /// It is shorter than 24 bytes or longer than 64.
    #[error("a webhook secret has {SHORTEST} to {LONGEST} bytes")]
    Length,
}

impl Secret {
    /// A secret of random bytes, from a source that nobody can guess.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let bytes = bytes.into();
        if (SHORTEST..=LONGEST).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(SecretError::Length)
        }
    }

    /// As the receiver gets it, once: `whsec_` and base64.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    /// With or without `whsec_`, as receivers have it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = STANDARD.decode(encoded);
        Self::new(bytes.map_err(|_| SecretError::Encoding)?)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_and_revealed() {
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let secret: Secret = text.parse().unwrap();
        assert_eq!(secret.reveal(), text);
        assert_eq!(text[6..].parse::<Secret>().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn others_are_refused() {
        assert_eq!("".parse::<Secret>(), Err(SecretError::Length));
        assert_eq!("whsec_?".parse::<Secret>(), Err(SecretError::Encoding));
        assert_eq!(Secret::new(vec![0; 23]), Err(SecretError::Length));
        assert_eq!(Secret::new(vec![0; 65]), Err(SecretError::Length));
    }
}
