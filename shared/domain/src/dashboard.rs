//! The three figures that the dashboard opens with.

use std::str::FromStr;

use time::{Duration, OffsetDateTime};

/// How long after its last sign of life a session still counts as active.
pub const SESSION_IDLE: Duration = Duration::minutes(30);

/// The answer to the dashboard's first question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dashboard {
    /// Distinct users of the tenant.
    pub user_count: u64,
    /// Sessions started, not ended, and seen within [`SESSION_IDLE`] of the newest event or now.
    pub active_sessions: u64,
    /// Mean response time of the window's requests, in milliseconds; 0 where there were none.
    pub avg_response_time_ms: f64,
}

/// How far back a figure looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Window {
    /// The last hour.
    Hour,
    /// The last 24 hours.
    #[default]
    Day,
    /// The last seven days.
    Week,
    /// Everything.
    All,
}

impl Window {
    /// The names that callers use, in order of length.
    pub const NAMES: [&str; 4] = ["1h", "24h", "7d", "all"];

    /// The earliest moment inside the window; none when it is unbounded.
    pub fn start(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let length = match self {
            Self::Hour => Duration::hours(1),
            Self::Day => Duration::hours(24),
            Self::Week => Duration::days(7),
            Self::All => return None,
        };
        Some(now - length)
    }
}

/// The text names no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("window must be one of 1h, 24h, 7d, all")]
pub struct UnknownWindow;

impl FromStr for Window {
    type Err = UnknownWindow;
    fn from_str(text: &str) -> Result<Self, UnknownWindow> {
        match text {
            "1h" => Ok(Self::Hour),
            "24h" => Ok(Self::Day),
            "7d" => Ok(Self::Week),
            "all" => Ok(Self::All),
            _ => Err(UnknownWindow),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_window() {
        for name in Window::NAMES {
            assert!(name.parse::<Window>().is_ok(), "{name}");
        }
        assert!("1d".parse::<Window>().is_err());
    }

    #[test]
    fn a_window_starts_its_length_ago() {
        let now = time::macros::datetime!(2026-01-02 00:00 UTC);
        assert_eq!(
            Window::Day.start(now),
            Some(time::macros::datetime!(2026-01-01 00:00 UTC))
        );
        assert_eq!(Window::All.start(now), None);
    }
}
