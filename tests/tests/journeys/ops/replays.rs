//! An event that a queue has delivered, handed to a function again.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use end_to_end::{Stack, binary, fresh, without_usage};
use serde_json::{Value, json};

use super::dead_letters::letters_with;
use super::ops;

fn record(n: usize, tenant: &str, id: &str) -> Value {
    let body = json!({"v": 1, "tenant": tenant, "request_id": id}).to_string();
    json!({
        "messageId": format!("message-{n}"), "receiptHandle": format!("receipt-{n}"), "body": body,
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:tasks", "awsRegion": "us-east-1",
    })
}

#[tokio::test]
async fn a_worker_comes_to_the_same_however_an_event_is_delivered() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let mut records = Vec::new();
    let mut ended = Vec::new();
    for n in 0..3 {
        let id = caller.submit_aggregate(json!({"window": "all"})).await;
        ended.push(caller.ended(&id).await);
        records.push(record(n, &caller.tenant, &id));
    }
    let file = std::env::temp_dir().join(format!("{}.json", fresh()));
    std::fs::write(&file, json!({ "Records": records }).to_string()).expect("written");
    let (event, worker) = (file.to_str().expect("a path"), binary("worker"));
    let worker = worker.to_str().expect("a path");

    let here = [
        "replay",
        event,
        "--function",
        "worker",
        "--program",
        worker,
        "--duplicates",
        "1",
        "--shuffle",
        "7",
        "--kill-after",
        "1",
    ];
    let there = ["replay", event, "--function", "worker", "--deployed"];
    for (arguments, deliveries) in [(&here[..], 5), (&there[..], 1)] {
        let (code, replayed) = ops(None, arguments).await;
        assert_eq!(code, Some(0), "{replayed}");
        assert_eq!(replayed["records"], 3);
        let came = replayed["deliveries"].as_array().expect("deliveries");
        assert_eq!(came.len(), deliveries, "{replayed}");
        assert_eq!(came[0]["answer"], json!({"batchItemFailures": []}));
    }
    for task in ended {
        let id = task["request_id"].as_str().expect("an id");
        let now = caller.get(&format!("/tasks/{id}")).await.expect(200);
        assert_eq!(without_usage(now), without_usage(task));
    }
    std::fs::remove_file(file).expect("removed");
}

/// The capture of a message, as soon as it is kept.
async fn captured(stack: &Stack, message: &str) -> (String, Value) {
    let (buckets, bucket) = (stack.buckets(), Stack::variable("CAPTURES_BUCKET"));
    for _ in 0..100 {
        let list = buckets.list_objects_v2().bucket(&bucket);
        let listed = list.prefix("captures/worker/").send().await;
        for object in listed.expect("listed").contents() {
            let key = object.key().expect("a key");
            let read = buckets.get_object().bucket(&bucket).key(key).send().await;
            let body = read.expect("an object").body.collect().await;
            let capture: Value =
                serde_json::from_slice(&body.expect("whole").into_bytes()).expect("JSON");
            if capture["records"][0]["message_id"] == message {
                return (key.to_owned(), capture);
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("nothing was captured");
}

#[tokio::test]
async fn what_failed_is_captured_without_who_it_was_and_fails_again_here() {
    let stack = Stack::running().await;
    let mark = fresh();
    let poison = json!({"v": 99, "marker": mark, "email": "ada@example.org"}).to_string();
    let send = stack.queues().send_message().message_body(poison);
    let send = send.queue_url(Stack::variable("TASK_QUEUE_URL"));
    let message = send.send().await.expect("sent").message_id.expect("an id");
    let (key, capture) = captured(&stack, &message).await;
    assert!(capture.to_string().contains(&mark) && !capture.to_string().contains("ada@"));

    let worker = binary("worker");
    let worker = worker.to_str().expect("a path");
    let again = ["replay", "--from-capture", &key, "--program", worker];
    let (code, replayed) = ops(None, &again).await;
    assert_eq!(code, Some(0), "{replayed}");
    let expected = json!({"key": key, "same": true, "fixed": false, "records": [
        {"message_id": message, "then": "unreadable_message", "now": "unreadable_message", "same": true}]});
    assert_eq!(replayed["captured"], expected);
    // It is not mended, and a part of its key is enough to say so.
    let part = key.rsplit('/').next().expect("a name");
    let fixed = [
        "replay",
        "--from-capture",
        part,
        "--program",
        worker,
        "--fixed",
    ];
    assert_eq!(ops(None, &fixed).await.0, Some(1));
    let (code, listed) = ops(
        None,
        &["replay", "--from-capture", "--list", "--most", "1000"],
    )
    .await;
    let captures = listed["captures"].as_array().expect("captures");
    assert_eq!(code, Some(0));
    assert!(captures.iter().any(|one| one["key"] == key), "{listed}");
    let (code, said) = ops(None, &["replay", "--from-capture", "no-such-key"]).await;
    assert_eq!(code, Some(1));
    assert!(said.to_string().contains("--list"), "{said}");

    // The letter of the same message fails in the same way. Each replay has left one more.
    let letter = letters_with(&mark, 1).await.remove(0);
    let of_letter = ["replay", "--from-dlq", &letter, "--program", worker];
    for _ in 0..30 {
        let (code, replayed) = ops(None, &of_letter).await;
        // Where another test looks at the letters at this very moment, it is not found.
        if replayed.is_object() {
            assert_eq!(
                (code, &replayed["function"]),
                (Some(0), &json!("worker")),
                "{replayed}"
            );
            assert!(
                replayed["log"].to_string().contains("unreadable_message"),
                "{replayed}"
            );
            break;
        }
    }
    for letter in letters_with(&mark, 4).await {
        ops(None, &["dlq", "purge", &letter, "--yes"]).await;
    }
}

/// A file of this test.
fn file(name: &str, text: &str) -> PathBuf {
    let file = std::env::temp_dir().join(format!("{}-{name}", fresh()));
    std::fs::write(&file, text).expect("written");
    file
}

/// The program `ops` as somebody types it, whose words are read as they come.
fn typed(arguments: &[&str]) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(binary("ops"))
        .args(["--json", "replay"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ops starts");
    let said = BufReader::new(child.stderr.take().expect("piped")).lines();
    (child, said.map_while(Result::ok))
}

fn ended_well(child: Child) {
    let output = child.wait_with_output().expect("ops ends");
    let replayed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success(), "{replayed}");
    assert_eq!(
        replayed["deliveries"][0]["answer"],
        json!({"batchItemFailures": []})
    );
}

#[tokio::test]
async fn a_worker_runs_under_a_debugger() {
    let _stack = Stack::running().await;
    let event = file("event.json", r#"{"Records": []}"#);
    let (event, worker) = (event.to_str().expect("a path").to_owned(), binary("worker"));
    let worker = worker.to_str().expect("a path").to_owned();
    let ways = move || {
        let with = ["--function", "worker", "--program", &worker];
        under(&event, &with);
        paused(&event, &with);
        attached(&event, &worker);
        std::fs::remove_file(&event).expect("removed");
    };
    tokio::task::spawn_blocking(ways)
        .await
        .expect("all went well");
}

/// A debugger is a command that starts the program; this one leaves a mark.
fn under(event: &str, with: &[&str]) {
    let mark = file("mark", "");
    let script = format!("echo \"$1\" > {}; echo talk; exec \"$@\"", mark.display());
    let script = file("debugger.sh", &script);
    let command = format!("sh {}", script.display());
    let (child, mut said) = typed(&[&[event, "--under", &command], with].concat());
    assert!(
        said.any(|line| line.ends_with("talk")),
        "it has the terminal"
    );
    ended_well(child);
    let started = std::fs::read_to_string(&mark).expect("a mark");
    assert_eq!(started.trim(), *with.last().expect("a program"));
    for file in [mark, script] {
        std::fs::remove_file(file).expect("removed");
    }
    let (mut child, said) = typed(&[&[event, "--under", "false"], with].concat());
    let said: Vec<_> = said.collect();
    assert!(
        said.last()
            .is_some_and(|line| line.contains("ended before worker asked")),
        "{said:?}"
    );
    assert_eq!(child.wait().expect("ops ends").code(), Some(1));
}

/// The process is there to attach to, and has its event when somebody presses Enter.
fn paused(event: &str, with: &[&str]) {
    let (mut child, mut said) = typed(&[&[event, "--pause"], with].concat());
    let line = said
        .find(|line| line.contains("runs as process"))
        .expect("a process");
    let id = line.split("process ").nth(1).expect("an id");
    let id: u32 = id
        .split('.')
        .next()
        .expect("an id")
        .parse()
        .expect("a number");
    assert!(Path::new(&format!("/proc/{id}")).exists() || !Path::new("/proc").exists());
    assert!(child.try_wait().expect("known").is_none(), "it waits");
    let mut keyboard = child.stdin.take().expect("piped");
    keyboard.write_all(b"\n").expect("pressed");
    ended_well(child);
}

/// Somebody starts the program by hand, with what was written for that.
fn attached(event: &str, worker: &str) {
    let variables = file("worker.env", "");
    let path = variables.to_str().expect("a path");
    let arguments = [
        event,
        "--function",
        "worker",
        "--attach",
        "--env-file",
        path,
    ];
    let (child, mut said) = typed(&arguments);
    said.find(|line| line == "Waiting.").expect("it waits");
    let text = std::fs::read_to_string(&variables).expect("variables");
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let pairs: BTreeMap<_, _> = pairs
        .map(|(name, value)| (name, value.trim_matches('\'')))
        .collect();
    let mut program = Command::new(worker)
        .env_clear()
        .envs(pairs)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    ended_well(child);
    program.kill().expect("killed");
    program.wait().expect("it ended");
    std::fs::remove_file(variables).expect("removed");
}
