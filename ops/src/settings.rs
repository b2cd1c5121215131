//! Where the system is and who asks, from variables such as `make up` writes to `.local/stack.env`.

use std::fmt::{self, Debug, Formatter};

/// Whose sign-in is taken where no other is given: the local stack has one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Somebody of the demo tenant.
    Demo,
    /// A member of the group `operator`.
    Operator,
}

impl Role {
    /// The variables with the name and the password.
    fn variables(self) -> (&'static str, &'static str) {
        match self {
            Self::Demo => ("DEMO_USERNAME", "DEMO_PASSWORD"),
            Self::Operator => ("OPERATOR_USERNAME", "OPERATOR_PASSWORD"),
        }
    }
}

/// Where the system is and who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The HTTP API's address, without a slash at its end.
    pub http_url: String,
    /// Who asks.
    pub who: Who,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq)]
pub enum Who {
    /// The bearer of an ID token that somebody else got.
    Token(String),
    /// A user of the user pool.
    User(User),
}

/// A user of the user pool, and where it signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Cognito's address: AWS's of the region, or an emulator's.
    pub endpoint: String,
    /// The user pool's client.
    pub client_id: String,
    /// The user's name.
    pub name: String,
    /// The user's password.
    pub password: String,
}

/// What is missing, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable without which nothing can be asked.
    #[error(
        "{0} is not set and no stack is named: give --stack, or start the local stack with `make up`"
    )]
    Missing(&'static str),
    /// Neither a token nor a user.
    #[error(
        "nobody to sign in as: set ADOLOGY_TOKEN to an ID token, or ADOLOGY_USERNAME and ADOLOGY_PASSWORD \
         (the local stack's user is taken where {0} and {1} are set)"
    )]
    Nobody(&'static str, &'static str),
}

impl Settings {
    /// Reads them with `variable`, for which an empty variable is like none.
    pub fn read(
        role: Role,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| variable(name).ok_or(SettingsError::Missing(name));
        let http_url = needed("ADOLOGY_HTTP_URL")?.trim_end_matches('/').to_owned();
        if let Some(token) = variable("ADOLOGY_TOKEN") {
            let who = Who::Token(token);
            return Ok(Self { http_url, who });
        }
        let local = role.variables();
        let pair = |name, password| variable(name).zip(variable(password));
        let (name, password) = pair("ADOLOGY_USERNAME", "ADOLOGY_PASSWORD")
            .or_else(|| pair(local.0, local.1))
            .ok_or(SettingsError::Nobody(local.0, local.1))?;
        let endpoint = match variable("AWS_ENDPOINT_URL") {
            Some(endpoint) => endpoint,
            None => format!(
                "https://cognito-idp.{}.amazonaws.com",
                needed("AWS_REGION")?
            ),
        };
        let who = Who::User(User {
            endpoint,
            client_id: needed("COGNITO_CLIENT_ID")?,
            name,
            password,
        });
        Ok(Self { http_url, who })
    }
}

impl Debug for Who {
    /// Without secrets.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(_) => f.write_str("Token"),
            Self::User(user) => user.fmt(f),
        }
    }
}

impl Debug for User {
    /// Without secrets.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("endpoint", &self.endpoint)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &[(&str, &str)] = &[
        ("ADOLOGY_HTTP_URL", "http://127.0.0.1:1/api/"),
        ("AWS_REGION", "eu-north-1"),
        ("COGNITO_CLIENT_ID", "client"),
        ("DEMO_USERNAME", "demo"),
        ("DEMO_PASSWORD", "secret-word"),
    ];

    fn read(changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(Role::Demo, |name| {
            let mut all = changes.iter().chain(USER);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_user_signs_in_at_the_region_or_at_the_emulator() {
        let endpoint = |settings: Settings| match settings.who {
            Who::User(user) => user.endpoint,
            Who::Token(_) => panic!("a user"),
        };
        let there = read(&[]).unwrap();
        assert_eq!(there.http_url, "http://127.0.0.1:1/api");
        assert_eq!(
            endpoint(there),
            "https://cognito-idp.eu-north-1.amazonaws.com"
        );
        let here = read(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:2")]).unwrap();
        assert_eq!(endpoint(here), "http://127.0.0.1:2");
    }

    #[test]
    fn a_token_goes_before_a_user() {
        let settings = read(&[("ADOLOGY_TOKEN", "t")]).unwrap();
        assert_eq!(settings.who, Who::Token("t".into()));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = read(&[("ADOLOGY_HTTP_URL", "")]).unwrap_err();
        assert_eq!(missing, SettingsError::Missing("ADOLOGY_HTTP_URL"));
        let nobody = SettingsError::Nobody("DEMO_USERNAME", "DEMO_PASSWORD");
        assert_eq!(read(&[("DEMO_PASSWORD", "")]), Err(nobody));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert!(!format!("{:?}", read(&[]).unwrap()).contains("secret-word"));
        let token = read(&[("ADOLOGY_TOKEN", "secret-token")]).unwrap();
        assert!(!format!("{token:?}").contains("secret-token"));
    }
}
