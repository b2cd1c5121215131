//! What is known of the deployment that is meant, by names such as `make up` writes to `.local/stack.env`.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use crate::settings::SettingsError;

/// Outputs of the stack that go by another name here.
const RENAMED: [(&str, &str); 5] = [
    ("HttpUrl", "ADOLOGY_HTTP_URL"),
    ("WebSocketUrl", "ADOLOGY_WS_URL"),
    ("WebUrl", "ADOLOGY_WEB_URL"),
    ("UserPoolId", "COGNITO_USER_POOL_ID"),
    ("UserPoolClientId", "COGNITO_CLIENT_ID"),
];

/// A deployment, on AWS or on this machine.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    variables: BTreeMap<String, String>,
}

impl Deployment {
    /// What the environment says.
    pub fn from_environment() -> Self {
        std::env::vars().collect()
    }

    /// Adds the stack's outputs, such as `TaskQueueUrl`, which is `TASK_QUEUE_URL` here. What is known already stays:
    /// somebody has set it.
    #[must_use]
    pub fn with_outputs(mut self, outputs: BTreeMap<String, String>) -> Self {
        for (output, value) in outputs {
            let known = self.variables.entry(variable_of(&output)).or_default();
            if known.is_empty() {
                *known = value;
            }
        }
        self
    }

    /// A variable, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// A variable that is needed.
    ///
    /// # Errors
    ///
    /// It is not known.
    pub fn needed(&self, name: &'static str) -> Result<&str, SettingsError> {
        self.get(name).ok_or(SettingsError::Missing(name))
    }

    /// Whether it runs on an emulator of AWS.
    pub fn is_local(&self) -> bool {
        self.get("AWS_ENDPOINT_URL").is_some()
    }
}

impl FromIterator<(String, String)> for Deployment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

impl Debug for Deployment {
    /// Without values: some are secrets.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// `TaskQueueUrl` is `TASK_QUEUE_URL`.
fn variable_of(output: &str) -> String {
    if let Some((_, name)) = RENAMED.iter().find(|(known, _)| *known == output) {
        return (*name).to_owned();
    }
    let mut name = String::new();
    for letter in output.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        pairs.into_iter().collect()
    }

    #[test]
    fn outputs_fill_in_what_is_not_set() {
        let set = pairs([("ADOLOGY_HTTP_URL", "http://set"), ("TASK_DLQ_URL", "")]);
        let outputs = pairs([
            ("HttpUrl", "https://output"),
            ("TaskDlqUrl", "https://dlq"),
            ("UserPoolClientId", "client"),
            ("LanesTable", "lanes"),
        ]);
        let deployment = set
            .into_iter()
            .collect::<Deployment>()
            .with_outputs(outputs);
        assert_eq!(deployment.get("ADOLOGY_HTTP_URL"), Some("http://set"));
        assert_eq!(deployment.get("TASK_DLQ_URL"), Some("https://dlq"));
        assert_eq!(deployment.get("COGNITO_CLIENT_ID"), Some("client"));
        assert_eq!(deployment.get("LANES_TABLE"), Some("lanes"));
        let missing = deployment.needed("STACK_NAME").unwrap_err();
        assert_eq!(missing, SettingsError::Missing("STACK_NAME"));
        assert!(!deployment.is_local());
    }

    #[test]
    fn values_are_not_shown() {
        let deployment: Deployment = pairs([("DEMO_PASSWORD", "secret")]).into_iter().collect();
        assert_eq!(format!("{deployment:?}"), r#"{"DEMO_PASSWORD"}"#);
    }
}
