//! How fast letters are sent.

use std::str::FromStr;
use std::time::Duration;

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    per: Duration,
}

/// No rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to 1000 a second, a minute or an hour, such as 10/s, 30/m or 5/h")]
pub struct InvalidRate;

impl FromStr for Rate {
    type Err = InvalidRate;

    /// Reads `10/s`, `30/m`, `5/h`; a number alone is per second.
    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let (count, unit) = text.split_once('/').unwrap_or((text, "s"));
        let per = match unit {
            "s" => Duration::from_secs(1),
            "m" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return Err(InvalidRate),
        };
        let count = count.parse().map_err(|_| InvalidRate)?;
        if !(1..=1_000).contains(&count) {
            return Err(InvalidRate);
        }
        Ok(Self { count, per })
    }
}

impl Rate {
    /// The time from one to the next.
    pub fn step(self) -> Duration {
        self.per / self.count
    }

    /// How many are sent within this time, one at least.
    pub fn within(self, time: Duration) -> usize {
        let many = time.as_nanos() / self.step().as_nanos().max(1);
        usize::try_from(many).unwrap_or(usize::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_or_refused() {
        let step = |text: &str| text.parse().map(Rate::step);
        assert_eq!(step("10/s"), Ok(Duration::from_millis(100)));
        assert_eq!(step("4"), Ok(Duration::from_millis(250)));
        assert_eq!(step("30/m"), Ok(Duration::from_secs(2)));
        assert_eq!(step("1/h"), Ok(Duration::from_hours(1)));
        for wrong in ["", "0/s", "1001/s", "-1/s", "1.5/s", "1/d", "/s", "1/"] {
            assert_eq!(step(wrong), Err(InvalidRate), "{wrong}");
        }
    }

    #[test]
    fn a_slow_rate_takes_one_at_a_time() {
        let half_a_minute = Duration::from_secs(30);
        assert_eq!(
            "10/s"
                .parse::<Rate>()
                .map(|rate| rate.within(half_a_minute)),
            Ok(300)
        );
        assert_eq!(
            "1/h".parse::<Rate>().map(|rate| rate.within(half_a_minute)),
            Ok(1)
        );
    }
}
