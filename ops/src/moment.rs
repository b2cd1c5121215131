//! Moments and lengths of time, as they are shown.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// RFC 3339, to the second.
pub fn rfc3339(moment: OffsetDateTime) -> String {
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_else(|_| "-".into())
}

/// A length in its largest whole unit, such as `15m`.
pub fn length(length: Duration) -> String {
    let seconds = length.whole_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_have_whole_seconds() {
        assert_eq!(
            rfc3339(datetime!(2026-01-31 20:00:01.5 UTC)),
            "2026-01-31T20:00:01Z"
        );
    }

    #[test]
    fn lengths_have_one_unit() {
        let cases = [
            (-5, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (7_199, "119m"),
            (7_200, "2h"),
            (200_000, "2d"),
        ];
        for (seconds, shown) in cases {
            assert_eq!(length(Duration::seconds(seconds)), shown);
        }
    }
}
