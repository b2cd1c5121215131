//! Sizes for people.

const STEPS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

/// Bytes in the largest unit that leaves a whole, such as `1.5 MB`; a kilobyte is a thousand bytes.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn of(bytes: i64) -> String {
    let mut size = bytes as f64;
    let mut step = 0;
    while size >= 1_000.0 && step + 1 < STEPS.len() {
        size /= 1_000.0;
        step += 1;
    }
    let unit = STEPS[step];
    if step == 0 || size >= 100.0 {
        format!("{size:.0} {unit}")
    } else {
        format!("{size:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_enough() {
        let shown = [0, 999, 1_500, 123_456_789, 2_000_000_000_000_000].map(of);
        assert_eq!(shown, ["0 B", "999 B", "1.5 kB", "123 MB", "2000 TB"]);
    }
}
