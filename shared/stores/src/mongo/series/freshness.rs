//! Whether figures that were computed once still hold.
//!
//! An append marks the hours of its requests as touched, by the database's clock, and only then
//! stores them. Figures carry the moment, by the same clock, when computing them began. They hold
//! if that is later than the mark by more than [`SETTLED_AFTER`]: by then every append that had
//! marked the hour was over, so what it stored was seen. An append that marks the hour later makes
//! them stale before it stores anything, so whoever asks after its answer gets new ones.
//!
//! Nothing else has to be right. No reader waits for an append or the other way round; of several
//! that compute the same figures any may be the last to keep them, as each carries its own moment;
//! and a crash between mark and events only costs that figures are computed again.

use std::time::Duration;

use bson::DateTime;

/// The longest from an append's mark until what it stores can be read, with room to spare: the
/// caller gives up after [`APPEND`](crate::mongo::append::APPEND), 15 s, and its function ends
/// after 29 s at the latest, while the server may go on for a moment with what has reached it. The
/// rest is for clocks of a database's members that differ, and for marks that overtake each other.
pub(in crate::mongo) const SETTLED_AFTER: Duration = Duration::from_mins(1);

/// Whether figures of hours last touched then (if ever) hold, computing which began at `began`.
pub(super) fn holds(began: DateTime, touched: Option<DateTime>, settled_after: Duration) -> bool {
    touched.is_none_or(|touched| {
        let after = began
            .timestamp_millis()
            .checked_sub(touched.timestamp_millis());
        let wanted = i64::try_from(settled_after.as_millis()).unwrap_or(i64::MAX);
        after.is_some_and(|after| after > wanted)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: u64 = 20;

    /// What happens, each at its time; equal times in the order of the cases' numbers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Step {
        /// An append marks the hour.
        Mark(usize),
        /// It stores its event.
        Store(usize),
        /// Its caller is told so.
        Confirm(usize),
        /// A reader asks for the clock.
        Ask(usize),
        /// It gets the roll-up.
        Load(usize),
        /// It gets the mark.
        Check(usize),
        /// It counts the events, if it must.
        Compute(usize),
        /// It keeps what it has counted, if it may, and answers.
        Answer(usize),
    }

    #[derive(Debug, Clone, Copy)]
    struct RollUp {
        began: u64,
        count: usize,
    }

    #[derive(Debug, Clone, Copy, Default)]
    struct Reader {
        confirmed: usize,
        began: u64,
        loaded: Option<RollUp>,
        touched: Option<u64>,
        computed: bool,
        answer: Option<usize>,
    }

    fn date(at: u64) -> DateTime {
        DateTime::from_millis(i64::try_from(at).unwrap())
    }

    /// Appends that take at most [`LONGEST`] from mark to event, and readers that take any time.
    fn schedule() -> impl Strategy<Value = Vec<(u64, Step)>> {
        let append = (0..200_u64, 0..=LONGEST, 0..40_u64);
        let reader = (0..300_u64, prop::collection::vec(0..60_u64, 4));
        let (appends, readers) = (
            prop::collection::vec(append, 0..8),
            prop::collection::vec(reader, 0..12),
        );
        (appends, readers).prop_map(|(appends, readers)| {
            let mut steps = vec![];
            for (n, (at, storing, telling)) in appends.into_iter().enumerate() {
                steps.push((at, Step::Mark(n)));
                steps.push((at + storing, Step::Store(n)));
                steps.push((at + storing + telling, Step::Confirm(n)));
            }
            for (n, (at, waits)) in readers.into_iter().enumerate() {
                let mut at = at;
                steps.push((at, Step::Ask(n)));
                let rest = [
                    Step::Load(n),
                    Step::Check(n),
                    Step::Compute(n),
                    Step::Answer(n),
                ];
                for (wait, step) in waits.into_iter().zip(rest) {
                    at += wait;
                    steps.push((at, step));
                }
            }
            steps.sort_unstable();
            steps
        })
    }

    /// Runs it; gives the first answer that leaves out an event confirmed before its question.
    fn first_wrong(steps: &[(u64, Step)], settled_after: u64) -> Option<Step> {
        let settled_after = Duration::from_millis(settled_after);
        let (mut stored, mut confirmed, mut touched) = (0, 0, None);
        let mut rollup: Option<RollUp> = None;
        let mut readers = [Reader::default(); 12];
        for &(at, step) in steps {
            match step {
                Step::Mark(_) => touched = Some(at),
                Step::Store(_) => stored += 1,
                Step::Confirm(_) => confirmed += 1,
                Step::Ask(n) => (readers[n].confirmed, readers[n].began) = (confirmed, at),
                Step::Load(n) => readers[n].loaded = rollup,
                Step::Check(n) => {
                    readers[n].touched = touched;
                    let held = readers[n].loaded.filter(|rollup| {
                        holds(date(rollup.began), touched.map(date), settled_after)
                    });
                    readers[n].answer = held.map(|rollup| rollup.count);
                }
                Step::Compute(n) => {
                    readers[n].computed = readers[n].answer.is_none();
                    readers[n].answer.get_or_insert(stored);
                }
                Step::Answer(n) => {
                    let reader = readers[n];
                    let (began, count) = (reader.began, reader.answer.unwrap());
                    let touched = reader.touched.map(date);
                    if reader.computed && holds(date(began), touched, settled_after) {
                        rollup = Some(RollUp { began, count });
                    }
                    if count < reader.confirmed {
                        return Some(step);
                    }
                }
            }
        }
        None
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn an_answer_counts_what_was_confirmed_before_its_question(steps in schedule()) {
            prop_assert_eq!(first_wrong(&steps, LONGEST), None);
        }
    }

    #[test]
    fn settling_sooner_than_the_longest_append_would_leave_events_out() {
        let steps = [
            (0, Step::Mark(0)),
            (10, Step::Ask(0)),
            (10, Step::Load(0)),
            (10, Step::Check(0)),
            (10, Step::Compute(0)),
            (11, Step::Answer(0)),
            (12, Step::Store(0)),
            (13, Step::Confirm(0)),
            (40, Step::Ask(1)),
            (40, Step::Load(1)),
            (40, Step::Check(1)),
            (40, Step::Compute(1)),
            (40, Step::Answer(1)),
        ];
        assert_eq!(first_wrong(&steps, 5), Some(Step::Answer(1)));
        assert_eq!(first_wrong(&steps, LONGEST), None);
    }

    #[test]
    fn figures_hold_from_the_millisecond_after_it_has_settled() {
        let minute = SETTLED_AFTER;
        for (began, touched, expected) in [
            (0, None, true),
            (60_000, Some(0), false),
            (60_001, Some(0), true),
            (0, Some(60_001), false),
        ] {
            let touched = touched.map(date);
            assert_eq!(holds(date(began), touched, minute), expected, "{began}");
        }
    }
}
