//! How fast a connection may send frames: a token bucket, kept as one moment (GCRA).
//!
//! A connection's meter shows the moment up to which its frames are paid for. Each frame moves it
//! on by [`Pace::interval`], from the present at the earliest; how far it is ahead of the clock says
//! how much the client has sent beyond the steady rate. Frames that are refused count too, so a
//! client that does not slow down runs into the end of its connection.

use time::{Duration, OffsetDateTime};

/// A connection is closed when its meter is this many bursts ahead of the clock.
pub const HANG_UP_AFTER: u32 = 4;

/// How many frames a connection may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Frames a second in the long run, 1 to 1,000.
    pub per_second: u32,
    /// Frames at once after a pause.
    pub burst: u32,
}

impl Default for Pace {
    /// Ten a second, and as many at once as a page with every topic sends after it has connected:
    /// one for each topic, and some.
    fn default() -> Self {
        Self {
            per_second: 10,
            burst: 120,
        }
    }
}

/// What becomes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is answered.
    Taken,
    /// It came too fast: it has no effect.
    Refused,
    /// It came too fast after many others: the connection is to be closed.
    HangUp,
}

impl Pace {
    /// What one frame costs, in whole milliseconds.
    pub fn interval(self) -> Duration {
        Duration::milliseconds(1_000 / i64::from(self.per_second.clamp(1, 1_000)))
    }

    /// A meter that is further ahead of the clock than this is not moved any more.
    pub fn furthest(self) -> Duration {
        self.allowance() * HANG_UP_AFTER
    }

    fn allowance(self) -> Duration {
        self.interval() * self.burst.max(1)
    }

    /// What becomes of a frame that has moved the meter to `until`.
    pub fn verdict(self, until: OffsetDateTime, now: OffsetDateTime) -> Verdict {
        let ahead = until - now;
        if ahead <= self.allowance() {
            Verdict::Taken
        } else if ahead <= self.furthest() {
            Verdict::Refused
        } else {
            Verdict::HangUp
        }
    }

    /// Counts a frame: what becomes of it, and what the meter shows then. A frame finds the end of
    /// the connection asked for once for each time the meter passes [`Pace::furthest`].
    pub fn count(
        self,
        until: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> (Verdict, OffsetDateTime) {
        let from = until.map_or(now, |until| until.max(now));
        if from - now > self.furthest() {
            return (Verdict::Refused, from);
        }
        let until = from + self.interval();
        (self.verdict(until, now), until)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

    /// The verdicts on frames that come with these gaps before them, in milliseconds.
    fn verdicts(pace: Pace, gaps: &[u32]) -> Vec<Verdict> {
        let (mut now, mut until) = (START, None);
        let count = |gap: &u32| {
            now += Duration::milliseconds(i64::from(*gap));
            let (verdict, next) = pace.count(until, now);
            until = Some(next);
            verdict
        };
        gaps.iter().map(count).collect()
    }

    fn how_many(verdicts: &[Verdict], which: Verdict) -> usize {
        verdicts.iter().filter(|verdict| **verdict == which).count()
    }

    #[test]
    fn a_burst_is_taken_the_next_refused_and_many_more_end_it_once() {
        let pace = Pace {
            per_second: 10,
            burst: 5,
        };
        let seen = verdicts(pace, &[0; 40]);
        assert_eq!(seen[..5], [Verdict::Taken; 5]);
        assert_eq!(seen[5..20], [Verdict::Refused; 15]);
        assert_eq!(seen[20], Verdict::HangUp);
        assert_eq!(seen[21..], [Verdict::Refused; 19]);
    }

    #[test]
    fn after_a_pause_frames_are_taken_again() {
        let pace = Pace {
            per_second: 10,
            burst: 5,
        };
        let mut gaps = vec![0; 8];
        gaps.push(400);
        gaps.push(0);
        let seen = verdicts(pace, &gaps);
        assert_eq!(seen[8..], [Verdict::Taken, Verdict::Refused]);
    }

    #[test]
    fn wrong_settings_are_bent_to_the_nearest_right_ones() {
        let none = Pace {
            per_second: 0,
            burst: 0,
        };
        assert_eq!(verdicts(none, &[0])[0], Verdict::Taken);
        assert_eq!(none.interval(), Duration::SECOND);
    }

    proptest! {
        #[test]
        fn a_client_within_its_rate_is_never_refused(
            per_second in 1_u32..1_000, burst in 1_u32..200, more in prop::collection::vec(0_u32..500, 1..200),
        ) {
            let pace = Pace { per_second, burst };
            let interval = u32::try_from(pace.interval().whole_milliseconds()).unwrap();
            let gaps: Vec<_> = more.iter().map(|gap| interval + gap).collect();
            let seen = verdicts(pace, &gaps);
            prop_assert_eq!(how_many(&seen, Verdict::Taken), seen.len());
        }

        #[test]
        fn no_client_gets_more_than_its_burst_and_its_rate(
            per_second in 1_u32..1_000, burst in 1_u32..50, gaps in prop::collection::vec(0_u32..50, 1..300),
        ) {
            let pace = Pace { per_second, burst };
            let seen = verdicts(pace, &gaps);
            let taken = how_many(&seen, Verdict::Taken);
            let spent = Duration::milliseconds(gaps[1..].iter().map(|gap| i64::from(*gap)).sum());
            let most = f64::from(burst) + spent / pace.interval();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let taken = taken as f64;
            prop_assert!(taken <= most + 1e-6, "{} of {}", taken, most);
        }
    }
}
