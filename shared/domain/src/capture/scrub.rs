//! Takes personal data out of what is captured, by the names of fields.

use std::fmt::Write as _;
use std::str::FromStr;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// What stands for a text that was scrubbed: a valid name, so that messages with names in them can still be read.
pub const SCRUBBED: &str = "scrubbed";

/// What is scrubbed where nobody says otherwise: who somebody is, what they wrote, what their data came to, and what
/// opens a door. What messages of ours need to be read again is not among them.
pub const NAMES: &str = "user, users, user_id, username, owner, name, first_name, last_name, email, phone, address, \
    ip, ip_address, remote_addr, x_forwarded_for, user_agent, text, texts, document, documents, message, input, \
    result.value, password, secret, token, tokens, id_token, access_token, refresh_token, ticket, cookie, set_cookie, \
    authorization, api_key, signature, url, callback_url";

/// Most levels of texts within texts that are looked into; what lies deeper is scrubbed whole.
const DEEPEST: usize = 8;

/// Rules by which data is scrubbed: names of fields, or paths such as `result.value`, which match a field of the one
/// name right within one of the other. Letters' case, `_` and `-` make no difference, and lists are looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrub {
    rules: Vec<Vec<String>>,
}

/// The rules cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be names of fields or paths such as result.value, separated by commas")]
pub struct InvalidRules;

impl Default for Scrub {
    fn default() -> Self {
        let rules = NAMES.split(',');
        let rules = rules.map(|rule| rule.split('.').map(plain).collect());
        Self {
            rules: rules.collect(),
        }
    }
}

impl FromStr for Scrub {
    type Err = InvalidRules;

    /// Rules separated by commas. One that is `default` stands for [`NAMES`].
    fn from_str(text: &str) -> Result<Self, InvalidRules> {
        let mut rules = Vec::new();
        for rule in text.split(',') {
            if rule.trim() == "default" {
                rules.extend(Self::default().rules);
                continue;
            }
            let path: Vec<String> = rule.split('.').map(plain).collect();
            if path.iter().any(String::is_empty) {
                return Err(InvalidRules);
            }
            rules.push(path);
        }
        Ok(Self { rules })
    }
}

/// A name without what makes no difference.
fn plain(name: &str) -> String {
    let name = name.trim().chars();
    let name = name.filter(|letter| !matches!(letter, '_' | '-'));
    name.flat_map(char::to_lowercase).collect()
}

impl Scrub {
    /// A message's body, scrubbed. One that is no JSON object or list holds anything: its length and hash, which tell
    /// equal ones, stand for it.
    pub fn body(&self, body: &str) -> String {
        self.within(body, 0)
            .unwrap_or_else(|| fingerprint(body.as_bytes()))
    }

    /// The value of an attribute of this name; one that is kept is looked into where it is JSON itself.
    pub fn attribute(&self, name: &str, value: &str) -> String {
        if self.hits(&[plain(name)]) {
            return SCRUBBED.into();
        }
        self.within(value, 0).unwrap_or_else(|| value.to_owned())
    }

    /// The JSON in a text, scrubbed; none where it is no object or list.
    fn within(&self, text: &str, depth: usize) -> Option<String> {
        if !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let mut value: Value = serde_json::from_str(text).ok()?;
        if depth == DEEPEST {
            return Some(SCRUBBED.into());
        }
        self.value(&mut value, &mut Vec::new(), depth);
        Some(value.to_string())
    }

    fn value(&self, value: &mut Value, path: &mut Vec<String>, depth: usize) {
        match value {
            Value::Object(fields) => self.fields(fields, path, depth),
            Value::Array(items) => {
                for item in items {
                    self.value(item, path, depth);
                }
            }
            Value::String(text) => {
                if let Some(scrubbed) = self.within(text, depth + 1) {
                    *text = scrubbed;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn fields(&self, fields: &mut Map<String, Value>, path: &mut Vec<String>, depth: usize) {
        for (name, value) in fields {
            path.push(plain(name));
            if self.hits(path) {
                empty(value);
            } else {
                self.value(value, path, depth);
            }
            path.pop();
        }
    }

    fn hits(&self, path: &[String]) -> bool {
        self.rules.iter().any(|rule| path.ends_with(rule))
    }
}

/// Keeps the type, so that what reads the message still can, and nothing else.
fn empty(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => *flag = false,
        Value::Number(number) => *number = 0.into(),
        Value::String(text) => *text = SCRUBBED.into(),
        Value::Array(items) => items.clear(),
        Value::Object(fields) => fields.clear(),
    }
}

/// The length of some bytes and the beginning of their SHA-256.
fn fingerprint(bytes: &[u8]) -> String {
    let mut hash = String::new();
    for byte in &Sha256::digest(bytes)[..8] {
        // A text takes whatever is written.
        let _ = write!(hash, "{byte:02x}");
    }
    format!("[{} bytes, sha256 {hash}]", bytes.len())
}

#[cfg(test)]
mod tests;
