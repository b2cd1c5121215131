//! What is allowed beside the strict rules, as a setting says it.

use std::str::FromStr;

use super::Guard;

/// A word that allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must list exceptions, separated by commas: http, any port, port 8443, a network such as 10.1.0.0/16"
)]
pub struct NoException;

impl FromStr for Guard {
    type Err = NoException;

    /// [`Guard::strict`] with exceptions: `http`, `any port`, `port 8443` and networks, separated
    /// by commas. An empty text makes none.
    fn from_str(text: &str) -> Result<Self, NoException> {
        let words = text.split(',').map(str::trim);
        let mut words = words.filter(|word| !word.is_empty());
        words.try_fold(Self::strict(), except)
    }
}

fn except(guard: Guard, word: &str) -> Result<Guard, NoException> {
    match word.strip_prefix("port ") {
        Some(port) => port
            .trim()
            .parse()
            .map(|port| guard.allow_port(port))
            .map_err(|_| NoException),
        None if word == "http" => Ok(guard.allow_http()),
        None if word == "any port" => Ok(guard.allow_any_port()),
        None => word
            .parse()
            .map(|network| guard.allow_network(network))
            .map_err(|_| NoException),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(exceptions: &str, url: &str) -> bool {
        let guard: Guard = exceptions.parse().unwrap();
        guard.check_url(url).is_ok()
    }

    #[test]
    fn each_exception_opens_what_it_says_and_no_more() {
        let local = "http, 127.0.0.0/8, any port";
        assert!(takes(local, "http://127.0.0.1:8080/hook"));
        assert!(!takes(local, "http://10.0.0.1/hook"));
        assert!(!takes(
            "any port, 127.0.0.0/8",
            "http://127.0.0.1:8080/hook"
        ));
        assert!(!takes("http, any port", "http://127.0.0.1:8080/hook"));
        assert!(!takes("http, 127.0.0.0/8", "http://127.0.0.1:8080/hook"));
        assert!(takes("port 8443", "https://example.org:8443/"));
        assert!(!takes("port 8443", "https://example.org:8444/"));
        for none in ["", " ", ","] {
            assert!(takes(none, "https://example.org/"));
            assert!(!takes(none, "https://127.0.0.1/"));
        }
    }

    #[test]
    fn other_words_are_refused() {
        for text in [
            "https",
            "port",
            "port 99999",
            "any",
            "10.0.0.0/33",
            "http; any port",
        ] {
            assert_eq!(text.parse::<Guard>().unwrap_err(), NoException, "{text}");
        }
    }
}
