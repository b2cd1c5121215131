//! Arrows between crates point one way. See ARCHITECTURE.md, "Which crate may use which".

#![expect(
    clippy::expect_used,
    reason = "a test stops at what is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Every crate of the workspace, with those of ours that it may depend on (tests aside).
const ARROWS: &[(&str, &[&str])] = &[
    ("cost", &[]),
    ("domain", &["cost", "idempotency", "retry"]),
    ("protocol", &[]),
    ("wire", &["domain", "protocol"]),
    (
        "app",
        &[
            "domain",
            "idempotency",
            "protocol",
            "retry",
            "webhooks",
            "wire",
        ],
    ),
    ("tasks", &["domain"]),
    (
        "aws",
        &[
            "aws-call",
            "domain",
            "idempotency",
            "protocol",
            "retry",
            "sqs-batch",
            "wire",
        ],
    ),
    ("aws-call", &[]),
    ("stores", &["domain"]),
    ("boot", &["domain", "metrics", "sqs-batch"]),
    ("metrics", &["domain", "emf"]),
    ("testkit", &["domain"]),
    ("emf", &[]),
    ("idempotency", &[]),
    ("retry", &[]),
    ("sqs-batch", &["retry"]),
    ("probe", &[]),
    ("webhooks", &[]),
    ("api", FUNCTION),
    ("callback", FUNCTION),
    ("websocket", FUNCTION),
    ("worker", FUNCTION),
    ("pusher", FUNCTION),
    ("sweeper", FUNCTION),
    ("migrator", FUNCTION),
    ("overflow", FUNCTION),
    ("guard", FUNCTION),
    ("canary", FUNCTION),
    (
        "pool",
        &[
            "app",
            "aws",
            "boot",
            "domain",
            "metrics",
            "protocol",
            "sqs-batch",
            "tasks",
            "worker",
        ],
    ),
    (
        "ops",
        &[
            "app",
            "aws",
            "aws-call",
            "boot",
            "cost",
            "domain",
            "probe",
            "protocol",
            "retry",
            "runtime-api",
            "stores",
            "wire",
        ],
    ),
    ("document-gateway", &[]),
    ("runtime-api", &[]),
    ("speed", &["domain", "runtime-api"]),
    ("throughput", &["aws", "domain", "runtime-api", "sqs-batch"]),
    ("end-to-end", &["aws-call", "runtime-api"]),
];

const FUNCTION: &[&str] = &[
    "app",
    "aws",
    "boot",
    "domain",
    "idempotency",
    "metrics",
    "probe",
    "protocol",
    "sqs-batch",
    "stores",
    "tasks",
    "webhooks",
    "wire",
];

/// Outside crates that only one of ours may use, by prefix.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("aws-config", &["aws", "aws-call", "end-to-end"]),
    ("aws-sdk-", &["aws", "end-to-end"]),
    ("tokio-postgres", &["stores", "document-gateway"]),
    ("mongodb", &["stores"]),
    ("axum", &["api"]),
    ("lambda_http", &["api"]),
];

/// Each crate of the workspace with what it depends on, tests aside.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["name"]), normal(&package["dependencies"])))
        .collect()
}

fn normal(dependencies: &Value) -> BTreeSet<String> {
    let normal = list(dependencies)
        .iter()
        .filter(|dependency| dependency["kind"].is_null());
    normal.map(|dependency| text(&dependency["name"])).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn our_crates_use_only_those_they_may() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        ours, listed,
        "every crate of the workspace needs a line in ARROWS"
    );

    for (name, allowed) in ARROWS {
        for used in dependencies[*name]
            .iter()
            .filter(|used| ours.contains(used.as_str()))
        {
            assert!(
                allowed.contains(&used.as_str()),
                "{name} may not depend on {used}"
            );
        }
    }
}

#[test]
fn outside_crates_stay_behind_their_adapters() {
    for (name, used) in dependencies() {
        for (prefix, homes) in KEPT_IN {
            let stray = used.iter().find(|used| used.starts_with(prefix));
            let home = homes.contains(&name.as_str());
            assert!(
                stray.is_none() || home,
                "{name} uses {stray:?}; only {homes:?} may"
            );
        }
    }
}

/// Adapters are named where things are wired together and nowhere else.
#[test]
fn only_those_who_wire_name_adapters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    for function in std::fs::read_dir(root).expect("functions/ is there") {
        let sources = function.expect("readable").path().join("src");
        for file in rust_files(&sources) {
            let wires = ["main.rs", "wire.rs"];
            if file
                .file_name()
                .is_some_and(|name| wires.iter().any(|wire| name == *wire))
            {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("readable");
            for adapter in ["aws::", "stores::"] {
                let named = text.lines().any(|line| names(line, adapter));
                assert!(!named, "{} names {adapter}", file.display());
            }
        }
    }
}

fn names(line: &str, adapter: &str) -> bool {
    let code = line.trim_start();
    !code.starts_with("//")
        && (code.starts_with(&format!("use {adapter}")) || code.contains(&format!(" {adapter}")))
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
