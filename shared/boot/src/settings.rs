//! Settings from environment variables, or from wherever a test has them.
//!
//! Everything that is wrong is found before anything is done about it, so whoever sets the
//! variables mends them in one go. Values are never shown: some are secret.

use std::fmt;
use std::str::FromStr;

/// Where settings come from: gives the value of a name.
pub type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The memory of the Lambda function that this process runs in, in megabytes; none where it is none.
pub fn lambda_memory_mb() -> Option<u32> {
    environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")?.parse().ok()
}

/// The environment of this process.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// One variable that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub name: &'static str,
    /// What is wrong, as a phrase that follows the name.
    pub problem: String,
}

/// Everything that is wrong with the settings; shown as one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidSettings(pub Vec<Problem>);

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Problem { name, problem }) in self.0.iter().enumerate() {
            let gap = if n == 0 { "" } else { "\n" };
            write!(f, "{gap}{name} {problem}")?;
        }
        Ok(())
    }
}

/// Reads settings one by one and notes what is wrong.
pub struct Reader<'a> {
    source: Source<'a>,
    problems: Vec<Problem>,
}

/// Reads all settings of a function. What `make` returns is given only if nothing was wrong.
pub fn read<T>(
    source: Source<'_>,
    make: impl FnOnce(&mut Reader<'_>) -> T,
) -> Result<T, InvalidSettings> {
    let mut reader = Reader {
        source,
        problems: Vec::new(),
    };
    let settings = make(&mut reader);
    if reader.problems.is_empty() {
        Ok(settings)
    } else {
        Err(InvalidSettings(reader.problems))
    }
}

impl Reader<'_> {
    /// A text that must be there.
    pub fn text(&mut self, name: &'static str) -> String {
        match (self.source)(name).filter(|text| !text.trim().is_empty()) {
            Some(text) => text,
            None => self.wrong(name, "is not set"),
        }
    }

    /// A text that may be missing.
    pub fn text_or(&mut self, name: &'static str, otherwise: &str) -> String {
        let given = (self.source)(name).filter(|text| !text.trim().is_empty());
        given.unwrap_or_else(|| otherwise.into())
    }

    /// An address that starts with one of these schemes, such as `https`.
    pub fn address(&mut self, name: &'static str, schemes: &[&str]) -> String {
        let text = self.text(name);
        let starts = |scheme: &&str| {
            let rest = text.strip_prefix(*scheme);
            rest.is_some_and(|rest| rest.starts_with("://") && rest.len() > 3)
        };
        if text.is_empty() || schemes.iter().any(starts) {
            return text;
        }
        let forms: Vec<_> = schemes
            .iter()
            .map(|scheme| format!("{scheme}://"))
            .collect();
        self.wrong(name, format!("must start with {}", forms.join(" or ")))
    }

    /// One of these words; the first where the variable is not set.
    pub fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let given = (self.source)(name).filter(|text| !text.is_empty());
        let Some(given) = given else {
            return choices.first().map(|(_, value)| *value);
        };
        let found = choices.iter().find(|(word, _)| *word == given);
        if found.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            self.wrong(name, format!("must be one of {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// A whole number in a range; the default where the variable is not set.
    pub fn count(
        &mut self,
        name: &'static str,
        default: u32,
        range: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let given = (self.source)(name).filter(|text| !text.is_empty());
        let Some(given) = given else {
            return default;
        };
        match given.parse() {
            Ok(count) if range.contains(&count) => count,
            _ => {
                let (first, last) = range.into_inner();
                self.wrong(name, format!("must be a number from {first} to {last}"));
                default
            }
        }
    }

    /// What a text says in a language of its own; the default where the variable is not set. The
    /// error follows the variable's name and must not show the text.
    pub fn parsed<T>(&mut self, name: &'static str) -> T
    where
        T: FromStr<Err: fmt::Display> + Default,
    {
        let given = (self.source)(name).unwrap_or_default();
        if given.trim().is_empty() {
            return T::default();
        }
        given.parse().unwrap_or_else(|problem: T::Err| {
            self.wrong(name, problem.to_string());
            T::default()
        })
    }

    fn wrong(&mut self, name: &'static str, problem: impl Into<String>) -> String {
        self.problems.push(Problem {
            name,
            problem: problem.into(),
        });
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> Option<String> {
        let value = match name {
            "TABLE" => "tasks",
            "URL" => "https://example.org",
            "LEVEL" => "debug",
            "BLANK" => " ",
            "COUNT" => "12",
            "SECRET" => "ftp://user:secret@example.org",
            _ => return None,
        };
        Some(value.into())
    }

    #[test]
    fn good_settings_are_given() {
        let read = read(&source, |reader| {
            (
                reader.text("TABLE"),
                reader.address("URL", &["http", "https"]),
                reader.text_or("TABLE", "other"),
                reader.text_or("BLANK", "other"),
                reader.choice("LEVEL", &[("info", 1), ("debug", 2)]),
                reader.choice("OTHER_LEVEL", &[("info", 1), ("debug", 2)]),
                [
                    reader.count("COUNT", 7, 12..=12),
                    reader.count("OTHER_COUNT", 7, 1..=9),
                ],
            )
        });
        let expected = (
            "tasks".into(),
            "https://example.org".into(),
            "tasks".into(),
            "other".into(),
            Some(2),
            Some(1),
            [12, 7],
        );
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn every_problem_has_a_line_and_no_line_has_a_value() {
        let error = read(&source, |reader| {
            reader.text("MISSING");
            reader.text("BLANK");
            reader.address("SECRET", &["postgres", "postgresql"]);
            reader.address("MISSING_URL", &["https"]);
            reader.choice("LEVEL", &[("info", 1)]);
            reader.count("COUNT", 7, 1..=11);
            reader.count("URL", 7, 1..=11);
        })
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "MISSING is not set\n\
             BLANK is not set\n\
             SECRET must start with postgres:// or postgresql://\n\
             MISSING_URL is not set\n\
             LEVEL must be one of info\n\
             COUNT must be a number from 1 to 11\n\
             URL must be a number from 1 to 11"
        );
    }
}
