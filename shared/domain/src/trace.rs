//! The trace that a request belongs to, from the call over the queues to the push.
//!
//! A trace is known by a number that every log line on its way shows, and that the callers may have
//! chosen. It travels as W3C `traceparent` (<https://www.w3.org/TR/trace-context/>) in HTTP and in
//! message bodies, and as X-Ray's header where AWS looks for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ports::Entropy;

/// A place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Trace {
    id: u128,
    span: u64,
    sampled: bool,
}

/// Text that names no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no traceparent of version 00")]
pub struct NoTrace;

impl Trace {
    /// A new trace, at its beginning.
    pub fn begin(entropy: &dyn Entropy) -> Self {
        let id = entropy.random().as_u128();
        let sampled = true;
        Self {
            id,
            span: 0,
            sampled,
        }
        .next(entropy)
    }

    /// The next place in the same trace.
    #[must_use]
    pub fn next(self, entropy: &dyn Entropy) -> Self {
        // Zero is no span.
        let (high, low) = entropy.random().as_u64_pair();
        let span = (high ^ low).max(1);
        Self { span, ..self }
    }

    /// Reads X-Ray's header, `Root=1-67891233-abcdef012345678912345678;Parent=...;Sampled=1`.
    pub fn from_xray(header: &str) -> Option<Self> {
        let part = |name: &str| {
            let mut parts = header
                .split(';')
                .filter_map(|part| part.trim().split_once('='));
            parts.find_map(|(key, value)| (key == name).then_some(value))
        };
        let (time, rest) = part("Root")?.strip_prefix("1-")?.split_once('-')?;
        let digits = hex(time, 8)? << 96 | hex(rest, 24)?;
        let span = part("Parent").and_then(|parent| hex(parent, 16));
        let span = span.and_then(|span| u64::try_from(span).ok());
        let sampled = part("Sampled") != Some("0");
        Self::checked(digits, span.unwrap_or(1), sampled).ok()
    }

    /// The trace's number, 32 hexadecimal digits: what log lines are found by.
    pub fn id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// The same as X-Ray's header.
    pub fn to_xray(&self) -> String {
        let (id, sampled) = (self.id(), u8::from(self.sampled));
        let (time, rest) = id.split_at(8);
        format!(
            "Root=1-{time}-{rest};Parent={:016x};Sampled={sampled}",
            self.span
        )
    }

    fn checked(id: u128, span: u64, sampled: bool) -> Result<Self, NoTrace> {
        if id == 0 || span == 0 {
            return Err(NoTrace);
        }
        Ok(Self { id, span, sampled })
    }
}

/// Exactly that many lower-case hexadecimal digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let right = text.len() == digits && text.bytes().all(lower);
    right.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(f, "00-{:032x}-{:016x}-{flags:02x}", self.id, self.span)
    }
}

impl FromStr for Trace {
    type Err = NoTrace;

    fn from_str(text: &str) -> Result<Self, NoTrace> {
        let parts: Vec<_> = text.split('-').collect();
        let ["00", id, span, flags] = parts[..] else {
            return Err(NoTrace);
        };
        let id = hex(id, 32).ok_or(NoTrace)?;
        let span = hex(span, 16).ok_or(NoTrace)?;
        let flags = hex(flags, 2).ok_or(NoTrace)?;
        let span = u64::try_from(span).map_err(|_| NoTrace)?;
        Self::checked(id, span, flags & 1 == 1)
    }
}

impl TryFrom<String> for Trace {
    type Error = NoTrace;

    fn try_from(text: String) -> Result<Self, NoTrace> {
        text.parse()
    }
}

impl From<Trace> for String {
    fn from(trace: Trace) -> Self {
        trace.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_standards_own_example_is_read() {
        let trace: Trace = PARENT.parse().unwrap();
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let xray = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1";
        assert_eq!(trace.to_xray(), xray);
    }

    #[test]
    fn a_header_of_lambda_is_read() {
        // https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0;Lineage=a:0";
        let trace = Trace::from_xray(header).unwrap();
        assert_eq!(trace.id(), "5759e988bd862e3fe1be46a994272793");
        assert!(trace.to_string().ends_with("-00"), "{trace}");
    }

    #[test]
    fn anything_else_is_no_trace() {
        for text in [
            "",
            "00",
            &PARENT.to_uppercase(),
            &PARENT.replace("00-4", "01-4"),
            &format!("{PARENT}-x"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert_eq!(text.parse::<Trace>(), Err(NoTrace), "{text}");
        }
        for header in [
            "",
            "Root=1-5759e988",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(Trace::from_xray(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(id in 1..u128::MAX, span in 1..u64::MAX, sampled: bool) {
            let trace = Trace { id, span, sampled };
            prop_assert_eq!(trace.to_string().parse::<Trace>(), Ok(trace));
            prop_assert_eq!(Trace::from_xray(&trace.to_xray()), Some(trace));
        }
    }
}
