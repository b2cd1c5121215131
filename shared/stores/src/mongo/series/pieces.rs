//! Adjacent buckets, in pieces that one reading can compute in a bearable time.

use std::ops::Range;

use domain::aggregate::Bucket;
use domain::series::Span;

/// After a piece with fewer requests than that the next one is longer.
const FEW: u64 = 20_000;
/// After one with more it is shorter.
const MANY: u64 = 100_000;
/// How much.
const FACTOR: usize = 4;

/// The longest ranges in which each bucket is marked.
pub(super) fn runs(marked: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = vec![];
    for (place, _) in marked.iter().enumerate().filter(|(_, marked)| **marked) {
        match runs.last_mut() {
            Some(run) if run.end == place => run.end += 1,
            _ => runs.push(place..place + 1),
        }
    }
    runs
}

/// Cuts a run into pieces, the first of which is a day long.
pub(super) struct Pieces {
    span: Span,
    rest: Range<usize>,
    length: usize,
}

impl Pieces {
    /// The pieces of the buckets at these places.
    pub(super) fn of(span: Span, run: Range<usize>) -> Self {
        let length = match span.bucket() {
            Bucket::Minute => 24 * 60,
            Bucket::Hour => 24,
            Bucket::Day => 1,
        };
        Self {
            span,
            rest: run,
            length,
        }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Option<Span> {
        let end = self
            .rest
            .end
            .min(self.rest.start.saturating_add(self.length));
        let piece = self.span.part(self.rest.start..end)?;
        self.rest.start = end;
        Some(piece)
    }

    /// Takes the last piece back, to be given in smaller ones. Whether it can be cut.
    pub(super) fn cut(&mut self, piece: Span) -> bool {
        if piece.count() == 1 {
            return false;
        }
        self.rest.start -= piece.count();
        self.length = (piece.count() / FACTOR).max(1);
        true
    }

    /// Tells how many requests the last piece had.
    pub(super) fn found(&mut self, requests: u64) {
        self.length = match requests {
            0..FEW => self.length.saturating_mul(FACTOR),
            FEW..MANY => self.length,
            _ => (self.length / FACTOR).max(1),
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    fn span(bucket: Bucket, count: i32) -> Span {
        let from = datetime!(2026-01-01 00:00 UTC);
        Span::covering(bucket, from, from + bucket.length() * count).unwrap()
    }

    proptest! {
        #[test]
        fn pieces_cover_each_marked_bucket_once(
            marked in prop::collection::vec(any::<bool>(), 1..300),
            counts in prop::collection::vec(prop::option::of(0..200_000_u64), 1_500),
            bucket in prop::sample::select(&[Bucket::Hour, Bucket::Day][..]),
        ) {
            let span = span(bucket, i32::try_from(marked.len()).unwrap());
            let mut covered = vec![false; marked.len()];
            let mut counts = counts.into_iter();
            for run in runs(&marked) {
                let mut pieces = Pieces::of(span, run);
                while let Some(piece) = pieces.next() {
                    // None: it was too much.
                    let count = counts.next().unwrap();
                    if count.is_none() && pieces.cut(piece) {
                        continue;
                    }
                    for start in piece.starts() {
                        let place = span.place(start).unwrap();
                        prop_assert!(!std::mem::replace(&mut covered[place], true));
                    }
                    pieces.found(count.unwrap_or(MANY));
                }
            }
            prop_assert_eq!(covered, marked);
        }
    }

    #[test]
    fn years_of_nothing_are_a_few_pieces_and_crowds_are_many() {
        for (found, expected) in [(0, 7), (50_000, 1_500), (1_000_000, 1_500)] {
            let mut pieces = Pieces::of(span(Bucket::Day, 1_500), 0..1_500);
            let mut count = 0;
            while pieces.next().is_some() {
                count += 1;
                pieces.found(found);
            }
            assert_eq!(count, expected, "{found}");
        }
    }

    #[test]
    fn a_day_of_hours_with_a_crowd_is_cut() {
        let mut pieces = Pieces::of(span(Bucket::Hour, 30), 0..30);
        let mut lengths = vec![];
        while let Some(piece) = pieces.next() {
            lengths.push(piece.count());
            pieces.found(MANY);
        }
        assert_eq!(lengths, [24, 6]);
        assert_eq!(
            span(Bucket::Hour, 30).to() - span(Bucket::Hour, 30).from(),
            Duration::hours(30)
        );
    }
}
