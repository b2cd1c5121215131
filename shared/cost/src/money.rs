//! Amounts of money.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

/// An amount of US dollars, exact to a billionth: what one token costs is far below a cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd(u64);

const NANOS: u64 = 1_000_000_000;

/// A text or number is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount of US dollars such as 0.25, with at most nine digits after the point")]
pub struct InvalidUsd;

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many billionths of a dollar.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The amount in billionths of a dollar.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// The amount in dollars, for people and programs to read: not to reckon with.
    pub fn dollars(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "nobody reads the 16th digit")]
        let nanos = self.0 as f64;
        nanos / 1e9
    }

    /// What this many cost where this is the price of a million, rounded up.
    #[must_use]
    pub fn for_millionths(self, count: u64) -> Self {
        let nanos = (u128::from(self.0) * u128::from(count)).div_ceil(1_000_000);
        Self(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The amount less another one, but not below nothing.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl FromStr for Usd {
    type Err = InvalidUsd;

    /// Reads `3`, `0.25`, `.5`.
    fn from_str(text: &str) -> Result<Self, InvalidUsd> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && part.is_empty())
            || !digits(whole)
            || !digits(part)
            || part.len() > 9
        {
            return Err(InvalidUsd);
        }
        let number = |text: &str| match text {
            "" => Ok(0),
            text => text.parse::<u64>().map_err(|_| InvalidUsd),
        };
        let whole = number(whole)?.checked_mul(NANOS).ok_or(InvalidUsd)?;
        let nanos = whole.checked_add(number(&format!("{part:0<9}"))?);
        nanos.map(Self).ok_or(InvalidUsd)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:09}", self.0 / NANOS, self.0 % NANOS);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_and_written() {
        for (text, nanos, written) in [
            ("3", 3_000_000_000, "3"),
            ("0.25", 250_000_000, "0.25"),
            (".5", 500_000_000, "0.5"),
            ("0.000000001", 1, "0.000000001"),
            ("10.", 10_000_000_000, "10"),
        ] {
            let amount: Usd = text.parse().unwrap();
            assert_eq!(
                (amount.nanos(), amount.to_string().as_str()),
                (nanos, written)
            );
        }
        for text in [
            "",
            ".",
            "-1",
            "1e3",
            "1.0000000001",
            "$3",
            "99999999999999999999",
        ] {
            assert_eq!(text.parse::<Usd>(), Err(InvalidUsd), "{text}");
        }
    }

    #[test]
    fn what_tokens_cost_is_rounded_up() {
        let price: Usd = "0.25".parse().unwrap();
        assert_eq!(price.for_millionths(1_000_000), price);
        assert_eq!(price.for_millionths(4).nanos(), 1_000);
        assert_eq!(Usd::from_nanos(1).for_millionths(1).nanos(), 1);
        assert_eq!(
            Usd::from_nanos(u64::MAX).for_millionths(u64::MAX).nanos(),
            u64::MAX
        );
    }

    proptest! {
        #[test]
        fn any_amount_survives_being_written(nanos: u64) {
            let amount = Usd::from_nanos(nanos);
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
    }
}
