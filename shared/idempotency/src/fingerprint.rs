//! Tells payloads apart.

use std::fmt;
use std::io;
use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::canonical;

/// The SHA-256 of a payload's canonical JSON. Equal payloads have equal fingerprints, whatever
/// their white space, order of members, or way of writing a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// Text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// The fingerprint of a payload.
    pub fn of(payload: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::to_value(payload).map(|value| Self::of_value(&value))
    }

    /// The fingerprint of a payload that is JSON already.
    pub fn of_value(payload: &Value) -> Self {
        let mut hash = Hash(Sha256::new());
        // Neither hashing nor writing a JSON value can fail.
        let _ = canonical::write(payload, &mut hash);
        Self(hash.0.finalize().into())
    }
}

struct Hash(Sha256);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(NoFingerprint);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = &text[2 * at..2 * at + 2];
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoFingerprint)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_canonical_text() {
        let fingerprint = Fingerprint::of(&json!({"b": 1.0, "a": []}))
            .unwrap()
            .to_string();
        // printf '{"a":[],"b":1}' | sha256sum
        assert_eq!(
            fingerprint,
            "1c8f8816506a8ccbc55140d8a7bb70214a8942c7030fc0fc2914cec675cd1c15"
        );
        assert_eq!(
            fingerprint.parse::<Fingerprint>().unwrap().to_string(),
            fingerprint
        );
    }

    #[test]
    fn other_text_is_none() {
        for text in ["", "12", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NoFingerprint));
        }
    }
}
