//! Lines of a text, in bounded memory.

use std::io::{self, BufRead};

/// Longest line, in bytes without its end.
pub const LONGEST: usize = 1024 * 1024;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes without its end; none where it was longer than [`LONGEST`] and was left out.
    pub bytes: Option<Vec<u8>>,
}

/// The lines of a text.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of this text.
    pub fn new(source: R) -> Self {
        Self { source, number: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let most = LONGEST as u64 + 2;
        let length = io::Read::take(&mut self.source, most).read_until(b'\n', &mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        bytes.pop_if(|last| *last == b'\r');
        let whole = bytes.len() <= LONGEST;
        if !whole && !ended {
            self.source.skip_until(b'\n')?;
        }
        Ok(Some(Line {
            number: self.number,
            bytes: whole.then_some(bytes),
        }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Line> {
        Lines::new(text).collect::<io::Result<_>>().unwrap()
    }

    #[test]
    fn lines_end_in_either_way_or_with_the_text() {
        let texts = lines(b"a\r\n\nb")
            .into_iter()
            .map(|line| line.bytes.unwrap());
        assert_eq!(texts.collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
    }

    #[test]
    fn a_line_too_long_is_left_out_and_the_next_is_read() {
        for end in ["\n", "\r\n"] {
            let fits = "x".repeat(LONGEST);
            let long = "x".repeat(LONGEST + 1);
            let longer = "x".repeat(3 * LONGEST);
            let text = [&*fits, &long, &longer, "next"].join(end);
            let lengths: Vec<_> = lines(text.as_bytes())
                .into_iter()
                .map(|line| line.bytes.map(|bytes| bytes.len()))
                .collect();
            assert_eq!(lengths, [Some(LONGEST), None, None, Some(4)]);
        }
    }
}
