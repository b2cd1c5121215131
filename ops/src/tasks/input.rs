//! What is submitted.

use std::io::{self, Read as _};

use serde_json::{Map, Value, json};

use super::args::Submit;

/// The input is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be read.
    #[error("--input: {file}")]
    File {
        /// Which.
        file: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is no JSON.
    #[error("--input: it is no JSON")]
    NotJson(#[from] serde_json::Error),
}

/// The body of `POST /tasks`.
///
/// # Errors
///
/// The input cannot be read or is no JSON.
pub fn body(submit: &Submit) -> Result<Value, InputError> {
    let input: Value = serde_json::from_str(&text(&submit.input)?)?;
    let mut body = Map::from_iter([("kind".into(), json!(submit.kind)), ("input".into(), input)]);
    let mut put = |name: &str, value: Value| body.insert(name.into(), value);
    if !submit.tags.is_empty() {
        put("tags", json!(submit.tags));
    }
    if submit.urgent {
        put("priority", json!("high"));
    }
    let given = [
        ("delay", submit.delay.map(Value::from)),
        ("deadline", submit.deadline.clone().map(Value::from)),
        ("callback_url", submit.callback_url.clone().map(Value::from)),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            put(name, value);
        }
    }
    Ok(Value::Object(body))
}

fn text(input: &str) -> Result<String, InputError> {
    let Some(file) = input.strip_prefix('@') else {
        return Ok(input.to_owned());
    };
    let read = if file == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    read.map_err(|cause| InputError::File {
        file: file.into(),
        cause,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::command::{Cli, Command};
    use crate::tasks::Tasks;

    fn submitted(arguments: &[&str]) -> Result<Value, InputError> {
        let arguments = ["ops", "tasks", "submit"].iter().chain(arguments);
        match Cli::try_parse_from(arguments).unwrap().command {
            Command::Tasks(Tasks::Submit(submit)) => body(&submit),
            _ => panic!("a submission"),
        }
    }

    #[test]
    fn what_is_given_is_sent_and_nothing_else() {
        let plain = submitted(&["aggregate"]).unwrap();
        assert_eq!(plain, json!({"kind": "aggregate", "input": {}}));
        let arguments = [
            "export",
            "--input",
            r#"{"source":"events"}"#,
            "--tag",
            "a",
            "--tag",
            "b",
            "--urgent",
            "--delay",
            "5",
        ];
        let full = json!({
            "kind": "export", "input": {"source": "events"}, "tags": ["a", "b"], "priority": "high", "delay": 5,
        });
        assert_eq!(submitted(&arguments).unwrap(), full);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert!(matches!(
            submitted(&["x", "--input", "{"]),
            Err(InputError::NotJson(_))
        ));
        let missing = submitted(&["x", "--input", "@/nowhere/at/all"]);
        assert!(matches!(missing, Err(InputError::File { .. })));
    }
}
