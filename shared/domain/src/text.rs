//! Limits on free text that callers give us.

/// Whether a text is short enough, not blank, and free of control characters.
pub fn is_plain(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.len() <= longest && !text.chars().any(char::is_control)
}

/// Cuts a text to at most `longest` bytes, at a character boundary.
pub fn cut(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(cut("", 3), "");
    }

    #[test]
    fn plain_text_is_short_and_visible() {
        assert!(is_plain("nova", 4));
        assert!(!is_plain("nova", 3));
        assert!(!is_plain(" ", 4));
        assert!(!is_plain("a\nb", 4));
    }
}
