//! What can be paused.

use std::fmt;
use std::str::FromStr;

use crate::TenantId;
use crate::ids::LONGEST;
use crate::text::is_plain;

/// What is paused. As text: `all`, `kind:analyze`, `tenant:acme`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Every task.
    All,
    /// Tasks of this kind, of every tenant.
    Kind(String),
    /// Tasks of this tenant, of every kind.
    Tenant(TenantId),
}

impl Subject {
    /// Whether a task of this kind and tenant is meant.
    pub fn covers(&self, kind: &str, tenant: &TenantId) -> bool {
        match self {
            Self::All => true,
            Self::Kind(paused) => paused == kind,
            Self::Tenant(paused) => paused == tenant,
        }
    }

    /// What it is, in a sentence that a submitter reads.
    pub fn phrase(&self) -> String {
        match self {
            Self::All => "tasks".into(),
            Self::Kind(kind) => format!("tasks of the kind {kind}"),
            Self::Tenant(_) => "tasks of your tenant".into(),
        }
    }
}

/// The text names nothing that can be paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be all, kind:<name> or tenant:<name>")]
pub struct InvalidSubject;

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            // '#' separates the parts of a key.
            Some(("kind", kind)) if is_plain(kind, LONGEST) && !kind.contains(['#', ',', ' ']) => {
                Ok(Self::Kind(kind.into()))
            }
            Some(("tenant", tenant)) => {
                let tenant = TenantId::new(tenant).map_err(|_| InvalidSubject)?;
                Ok(Self::Tenant(tenant))
            }
            _ => Err(InvalidSubject),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Kind(kind) => write!(f, "kind:{kind}"),
            Self::Tenant(tenant) => write!(f, "tenant:{tenant}"),
        }
    }
}

/// Several of them, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subjects(pub Vec<Subject>);

impl FromStr for Subjects {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let subjects = text.split(',').map(|one| one.trim().parse());
        subjects.collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(kind in "[a-z][a-z_-]{0,30}", tenant in "[A-Za-z0-9@.:+=_-]{1,128}") {
            let tenant = Subject::Tenant(TenantId::new(tenant).unwrap());
            for subject in [Subject::All, Subject::Kind(kind), tenant] {
                prop_assert_eq!(subject.to_string().parse(), Ok(subject));
            }
        }

        #[test]
        fn whatever_is_read_is_written_the_same(text in ".{0,40}") {
            if let Ok(subject) = text.parse::<Subject>() {
                prop_assert_eq!(subject.to_string(), text);
            }
        }
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let read = "kind:analyze, kind:export,tenant:x".parse::<Subjects>();
        assert_eq!(read.unwrap().0.len(), 3);
        for wrong in [
            "",
            "kind:",
            "kind:a,,all",
            "everything",
            "tenant:a b",
            "kind:a#b",
        ] {
            assert_eq!(wrong.parse::<Subjects>(), Err(InvalidSubject), "{wrong:?}");
        }
    }
}
