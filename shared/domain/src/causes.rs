//! Errors as log lines show them.

use std::error::Error;

/// An error with everything behind it, outermost first. Callers get less: stores' own words stay
/// in the log.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::ports::PortError;

    use super::*;

    #[test]
    fn the_last_cause_is_told_too() {
        let error = PortError::unavailable("postgres", "connection refused");
        assert_eq!(
            causes(&error),
            "postgres is unavailable: connection refused"
        );
    }
}
