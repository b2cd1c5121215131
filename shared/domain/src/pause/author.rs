//! Who pauses.

use std::fmt;
use std::str::FromStr;

/// Longest name of an author, in bytes: that of an alarm
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const LONGEST: usize = 255;

/// Who decided on a pause. As text: `operator:ada`, `guard:adology-dev-spend`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// A person, by the name that they gave. Operators act as one: each may lift what another has paused.
    Operator(String),
    /// The spend guard, by the budget or alarm that told it to. It lifts only what the same one has paused.
    Guard(String),
}

impl Author {
    /// What keeps authors' pauses of one subject apart.
    pub fn slot(&self) -> String {
        match self {
            Self::Operator(_) => "operator".into(),
            Self::Guard(_) => self.to_string(),
        }
    }
}

/// The text names nobody who can pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be operator:<name> or guard:<budget or alarm>, at most {LONGEST} bytes")]
pub struct InvalidAuthor;

impl FromStr for Author {
    type Err = InvalidAuthor;

    fn from_str(text: &str) -> Result<Self, InvalidAuthor> {
        match text.split_once(':') {
            Some((_, name)) if name.len() > LONGEST => Err(InvalidAuthor),
            Some(("operator", name)) => Ok(Self::Operator(name.into())),
            Some(("guard", trigger)) => Ok(Self::Guard(trigger.into())),
            _ => Err(InvalidAuthor),
        }
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Guard(trigger) => write!(f, "guard:{trigger}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_act_as_one_and_triggers_each_for_itself() {
        let slot = |text: &str| text.parse::<Author>().unwrap().slot();
        assert_eq!(slot("operator:ada"), slot("operator:bob"));
        assert_ne!(slot("guard:budget"), slot("guard:alarm"));
        assert_eq!(
            "guard:a:b".parse::<Author>().unwrap().to_string(),
            "guard:a:b"
        );
        assert_eq!("ada".parse::<Author>(), Err(InvalidAuthor));
        let long = format!("guard:{}", "x".repeat(256));
        assert_eq!(long.parse::<Author>(), Err(InvalidAuthor));
    }
}
