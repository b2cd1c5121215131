//! Published advisories against what `Cargo.lock` names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::check::{Row, State};

const AREA: &str = "advisories";
const ITEM: &str = "crates";
const PROGRAM: &str = "cargo-audit";

pub(super) async fn check(folder: &Path) -> Vec<Row> {
    let mut folders = folder.ancestors();
    let Some(root) = folders.find(|folder| folder.join("Cargo.lock").is_file()) else {
        let why = "no Cargo.lock in this folder or above: run it in a checkout";
        return vec![Row::not_applicable(AREA, ITEM, why)];
    };
    let mut command = Command::new(program(root));
    command
        .args(["audit", "--json", "--file"])
        .arg(root.join("Cargo.lock"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let Ok(output) = command.output().await else {
        let why =
            "cargo-audit is not installed: `make lint` brings it, or `cargo install cargo-audit`";
        return vec![Row::not_applicable(AREA, ITEM, why)];
    };
    // It ends with 1 where it has found some, and prints them all the same.
    vec![match serde_json::from_slice(&output.stdout) {
        Ok(report) => judge(&report),
        Err(_) => Row::not_applicable(
            AREA,
            ITEM,
            "cargo-audit could not fetch the list of advisories",
        ),
    }]
}

/// The one that `make lint` has installed, or whichever is on the PATH.
fn program(root: &Path) -> PathBuf {
    let tools = fs::read_dir(root.join(".local/tools"));
    let tools = tools
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut programs = tools.map(|tool| tool.join("bin").join(PROGRAM));
    programs
        .find(|program| program.is_file())
        .unwrap_or_else(|| PROGRAM.into())
}

fn judge(report: &Value) -> Row {
    let list = report["vulnerabilities"]["list"].as_array();
    let list = list.map(Vec::as_slice).unwrap_or_default();
    let named: Vec<_> = list
        .iter()
        .map(|found| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            format!(
                "{} {}",
                text(&found["package"]["name"]),
                text(&found["advisory"]["id"])
            )
        })
        .collect();
    let state = if named.is_empty() {
        State::Ok
    } else {
        State::Fail
    };
    let figure = if named.is_empty() {
        "none".to_owned()
    } else {
        named.join(", ")
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    Row::new(AREA, ITEM, state, figure)
        .advise(
            "`cargo update -p` that crate, and deploy; deny.toml is where an exception is reasoned",
        )
        .with("found", named.len() as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_advisory_is_named() {
        let found = json!({"package": {"name": "time"}, "advisory": {"id": "RUSTSEC-2020-0071"}});
        let row = judge(&json!({"vulnerabilities": {"list": [found]}}));
        assert_eq!(
            (row.state, row.figure.as_str()),
            (State::Fail, "time RUSTSEC-2020-0071")
        );
        assert_eq!(
            judge(&json!({"vulnerabilities": {"list": []}})).state,
            State::Ok
        );
    }
}
