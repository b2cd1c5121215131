//! The examples of docs/webhooks.md verify what we send, and nothing else.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops at what is not as it should be; the examples go by the real time"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use webhooks::{MessageId, Secret, signature_header};

const BODY: &str = r#"{"type":"task.completed","data":{"kind":"größe"}}"#;

/// Calls the example with the arguments secret, id, timestamp, signature, body.
const PYTHON: &str = r#"
import sys
secret, message_id, timestamp, signature, body = sys.argv[1:]
headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
verify(secret, headers, body.encode())
"#;

const NODE: &str = r#"
const [secret, id, timestamp, signature, body] = process.argv.slice(2);
const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
verify(secret, headers, Buffer.from(body));
"#;

fn example(language: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/webhooks.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let (_, rest) = page
        .split_once(&format!("```{language}\n"))
        .expect("an example");
    rest.split_once("```").expect("its end").0.to_owned()
}

fn script(name: &str, text: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).expect("it is written");
    file
}

fn secret(byte: u8) -> Secret {
    Secret::new(vec![byte; 32]).expect("long enough")
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}

/// Whether the example takes a webhook that was signed by these secrets at this time.
fn takes(program: &str, script: &Path, signed_by: &[Secret], timestamp: u64, body: &str) -> bool {
    let id = MessageId::new("01890a5d-ac96-774b-bcce-b302099a8051_3").expect("an id");
    let signature = signature_header(signed_by, &id, timestamp, BODY.as_bytes());
    let run = Command::new(program)
        .arg(script)
        .args([secret(7).reveal().as_str(), id.as_str()])
        .args([timestamp.to_string().as_str(), &signature, body])
        .output();
    run.expect("the interpreter runs").status.success()
}

fn check(program: &str, script: &Path) {
    let (ours, other) = (secret(7), secret(8));
    let takes =
        |signed_by: &[Secret], timestamp, body| takes(program, script, signed_by, timestamp, body);
    assert!(takes(std::slice::from_ref(&ours), now(), BODY));
    assert!(takes(&[other.clone(), ours.clone()], now(), BODY));
    assert!(!takes(&[other], now(), BODY), "another's signature");
    let changed = BODY.replace("completed", "failed");
    assert!(!takes(std::slice::from_ref(&ours), now(), &changed));
    assert!(!takes(&[ours], now() - 400, BODY), "too old");
}

#[test]
fn the_python_example_verifies() {
    let text = example("python") + PYTHON;
    check("python3", &script("verify.py", &text));
}

#[test]
fn the_node_example_verifies() {
    let text = example("js") + NODE;
    check("node", &script("verify.mjs", &text));
}
