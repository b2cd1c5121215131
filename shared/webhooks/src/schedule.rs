//! When to try again.

use std::time::Duration;

/// Waits become longer by up to this part, so that what failed together does not come back
/// together.
pub const JITTER_PERCENT: u32 = 20;

/// The waits between attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

impl Schedule {
    /// Waits after the first attempt, the second and so on. When they are used up, so is patience.
    pub fn new(waits: impl Into<Vec<Duration>>) -> Self {
        Self(waits.into())
    }

    /// The wait after an attempt, counted from 1, or none if it was the last. `random` is 32 random
    /// bits; the same bits give the same wait.
    pub fn after(&self, attempt: u32, random: u32) -> Option<Duration> {
        let place = usize::try_from(attempt.checked_sub(1)?).ok()?;
        let wait = *self.0.get(place)?;
        let part = f64::from(random) / f64::from(u32::MAX);
        Some(wait + wait.mul_f64(part * f64::from(JITTER_PERCENT) / 100.0))
    }
}

impl Default for Schedule {
    /// The schedule of the specification: ten attempts in three days.
    fn default() -> Self {
        Self::new([
            Duration::from_secs(5),
            Duration::from_mins(5),
            Duration::from_mins(30),
            Duration::from_hours(2),
            Duration::from_hours(5),
            Duration::from_hours(10),
            Duration::from_hours(14),
            Duration::from_hours(20),
            Duration::from_hours(24),
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_attempts_in_three_days() {
        let schedule = Schedule::default();
        let total: Duration = (1..=9)
            .map(|attempt| schedule.after(attempt, 0).unwrap())
            .sum();
        // 75:35:05 in the specification.
        assert_eq!(total, Duration::from_secs(75 * 3_600 + 35 * 60 + 5));
        assert_eq!(schedule.after(10, 0), None);
        assert_eq!(schedule.after(0, 0), None);
    }

    proptest! {
        #[test]
        fn jitter_adds_up_to_a_fifth(attempt in 1..10_u32, random in any::<u32>()) {
            let schedule = Schedule::default();
            let least = schedule.after(attempt, 0).unwrap();
            let wait = schedule.after(attempt, random).unwrap();
            prop_assert!(wait >= least && wait <= least.mul_f64(1.2));
        }
    }
}
