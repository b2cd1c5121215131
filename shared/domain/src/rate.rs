//! How many tasks a tenant may submit: a token bucket, kept as one moment (GCRA).
//!
//! A tenant's meter shows the moment up to which its submissions are paid for. Each moves it on by
//! [`Rate::interval`], from the present at the earliest; it may be as far ahead of the clock as a
//! burst takes. What is refused does not move it, so whoever waits is let through.

use time::{Duration, OffsetDateTime};

/// How many tasks a tenant may submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tasks a minute in the long run.
    pub per_minute: u32,
    /// Tasks at once after a pause.
    pub burst: u32,
}

/// What a tenant gets of what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// How many it may submit now.
    pub count: u32,
    /// After how long it may submit the next one.
    pub next_in: Duration,
}

impl Rate {
    /// What one task costs: to the microsecond, at least one.
    pub fn interval(self) -> Duration {
        Duration::microseconds((60_000_000 / i64::from(self.per_minute.max(1))).max(1))
    }

    /// What this many tasks cost.
    pub fn cost(self, count: u32) -> Duration {
        let micros = i64::try_from(self.interval().whole_microseconds()).unwrap_or(i64::MAX);
        Duration::microseconds(micros.saturating_mul(i64::from(count)))
    }

    /// How far ahead of the clock a meter may be after a submission.
    pub fn allowance(self) -> Duration {
        self.cost(self.burst.max(1))
    }

    /// As many of the wanted as the meter has room for, and what it shows after them.
    pub fn take(
        self,
        meter: Option<OffsetDateTime>,
        now: OffsetDateTime,
        wanted: u32,
    ) -> (Granted, OffsetDateTime) {
        let from = meter.map_or(now, |meter| meter.max(now));
        let room = (now + self.allowance() - from).max(Duration::ZERO);
        let fit = room.whole_microseconds() / self.interval().whole_microseconds();
        let count = u32::try_from(fit).unwrap_or(u32::MAX).min(wanted);
        let until = from + self.cost(count);
        (self.granted(count, until, now), until)
    }

    /// What a tenant has got whose meter shows this afterwards.
    pub fn granted(self, count: u32, meter: OffsetDateTime, now: OffsetDateTime) -> Granted {
        let next_in = meter + self.interval() - (now + self.allowance());
        Granted {
            count,
            next_in: next_in.max(Duration::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    /// Ten a second, five at once.
    const RATE: Rate = Rate {
        per_minute: 600,
        burst: 5,
    };

    #[test]
    fn a_burst_is_granted_then_one_in_each_interval() {
        let (first, meter) = RATE.take(None, START, 8);
        let wait = Duration::milliseconds(100);
        let expected = Granted {
            count: 5,
            next_in: wait,
        };
        assert_eq!(first, expected);
        let (early, same) = RATE.take(Some(meter), START + wait / 2, 1);
        assert_eq!((early.count, early.next_in, same), (0, wait / 2, meter));
        let (next, _) = RATE.take(Some(meter), START + wait, 3);
        assert_eq!((next.count, next.next_in), (1, wait));
    }

    #[test]
    fn who_has_room_left_waits_for_nothing() {
        let (granted, _) = RATE.take(None, START, 2);
        let expected = Granted {
            count: 2,
            next_in: Duration::ZERO,
        };
        assert_eq!(granted, expected);
    }

    #[test]
    fn a_pause_saves_up_no_more_than_a_burst() {
        let (_, meter) = RATE.take(None, START, 5);
        let (granted, _) = RATE.take(Some(meter), START + Duration::DAY, 100);
        assert_eq!(granted.count, 5);
    }

    #[test]
    fn wrong_settings_are_bent_to_the_nearest_right_ones() {
        let none = Rate {
            per_minute: 0,
            burst: 0,
        };
        assert_eq!(none.take(None, START, 9).0.count, 1);
        let endless = Rate {
            per_minute: u32::MAX,
            burst: u32::MAX,
        };
        assert_eq!(endless.take(None, START, 9).0.count, 9);
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_burst_and_the_rate(
            per_minute in 1_u32..100_000, burst in 1_u32..500,
            asked in prop::collection::vec((0_i64..2_000, 0_u32..120), 1..100),
        ) {
            let rate = Rate { per_minute, burst };
            let (mut now, mut meter, mut count) = (START, None, 0);
            for (gap, wanted) in asked {
                now += Duration::milliseconds(gap);
                let (granted, next) = rate.take(meter, now, wanted);
                prop_assert!(granted.count <= wanted);
                meter = Some(next);
                count += granted.count;
            }
            let most = rate.allowance() + (now - START);
            prop_assert!(rate.cost(count) <= most);
        }

        #[test]
        fn who_waits_as_told_gets_one(
            per_minute in 1_u32..100_000, burst in 1_u32..500, wanted in 0_u32..1_000,
        ) {
            let rate = Rate { per_minute, burst };
            let (granted, meter) = rate.take(None, START, wanted);
            let (next, _) = rate.take(Some(meter), START + granted.next_in, 1);
            prop_assert_eq!(next.count, 1);
            if !granted.next_in.is_zero() {
                let early = START + granted.next_in - Duration::MICROSECOND;
                prop_assert_eq!(rate.take(Some(meter), early, 1).0.count, 0);
            }
        }
    }
}
