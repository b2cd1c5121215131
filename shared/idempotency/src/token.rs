//! Tells callers apart.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// Who holds a key: 128 bits that no other caller has, for example a random UUID's. It proves to
/// the store that whoever completes is the one who acquired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token(u128);

impl Token {
    /// A token of bits that the caller has from its source of randomness.
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Token {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Self)
    }
}
