//! How figures are written.

/// A whole number with its thousands apart.
pub fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Dollars: two digits of cents below ten, whole ones from a thousand.
pub fn usd(amount: f64) -> String {
    match amount {
        1_000.0.. => count(amount),
        _ => format!("{amount:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        let cases = [
            (0.0, "0"),
            (999.4, "999"),
            (1_000.0, "1,000"),
            (12_345_678.0, "12,345,678"),
        ];
        for (number, text) in cases {
            assert_eq!(count(number), text);
        }
        assert_eq!(
            (usd(0.125).as_str(), usd(4_567.8).as_str()),
            ("0.12", "4,568")
        );
    }
}
