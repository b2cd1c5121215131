//! Names of namespaces, metrics, dimensions and properties.

use crate::limits::LONGEST_NAME;

/// The member of a line that tells CloudWatch what the others are.
pub(crate) const METADATA: &str = "_aws";

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("a name needs at least one character that is not a space")]
    Blank,
    /// Longer than [`LONGEST_NAME`].
    #[error("a name has at most {LONGEST_NAME} bytes")]
    TooLong,
    /// A character that this name may not have.
    #[error("a name has only printable ASCII; a namespace only letters, digits, space and .-_/#:")]
    Character,
    /// Starts with a colon, which CloudWatch keeps for itself.
    #[error("a name does not start with a colon")]
    Colon,
    /// `_aws` is what makes a line an embedded metric, and `AWS/` starts the namespaces of AWS.
    #[error("that name is reserved by AWS")]
    Reserved,
}

/// Checks the name of a metric, dimension or property. `const`, so that a bad one can fail to
/// compile.
pub(crate) const fn check(name: &str) -> Result<(), NameError> {
    let bytes = name.as_bytes();
    if bytes.len() > LONGEST_NAME {
        return Err(NameError::TooLong);
    }
    if let Err(error) = check_text(bytes) {
        return Err(error);
    }
    if bytes[0] == b':' {
        return Err(NameError::Colon);
    }
    if same(bytes, METADATA.as_bytes()) {
        return Err(NameError::Reserved);
    }
    Ok(())
}

/// Checks a namespace.
pub(crate) fn check_namespace(name: &str) -> Result<(), NameError> {
    check(name)?;
    if name.starts_with("AWS/") {
        return Err(NameError::Reserved);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || " .-_/#:".contains(c);
    if name.chars().all(allowed) {
        Ok(())
    } else {
        Err(NameError::Character)
    }
}

/// Printable ASCII with at least one character that is not a space.
pub(crate) const fn check_text(bytes: &[u8]) -> Result<(), NameError> {
    let mut blank = true;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' => {}
            b'!'..=b'~' => blank = false,
            _ => return Err(NameError::Character),
        }
        at += 1;
    }
    if blank {
        return Err(NameError::Blank);
    }
    Ok(())
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printable_ascii() {
        let long = "n".repeat(LONGEST_NAME + 1);
        let cases = [
            ("QueueWait", Ok(())),
            ("queue wait \"p99\"", Ok(())),
            ("", Err(NameError::Blank)),
            ("  ", Err(NameError::Blank)),
            (":up", Err(NameError::Colon)),
            ("_aws", Err(NameError::Reserved)),
            ("tab\there", Err(NameError::Character)),
            ("größe", Err(NameError::Character)),
            (&long, Err(NameError::TooLong)),
            (&long[1..], Ok(())),
        ];
        for (name, outcome) in cases {
            assert_eq!(check(name), outcome, "{name}");
        }
    }

    #[test]
    fn namespaces_are_narrower() {
        let cases = [
            ("Adology/Tasks", Ok(())),
            ("a.b-c_d/e#f:g h", Ok(())),
            ("AWS/Lambda", Err(NameError::Reserved)),
            ("tasks?", Err(NameError::Character)),
        ];
        for (name, outcome) in cases {
            assert_eq!(check_namespace(name), outcome, "{name}");
        }
    }
}
