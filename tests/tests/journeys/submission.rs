//! Submissions that are repeated, and many at once.

use std::collections::BTreeSet;

use end_to_end::{Answer, Caller, Stack, fresh};
use futures::future::join_all;
use serde_json::{Value, json};

fn aggregate() -> Value {
    json!({"kind": "aggregate", "input": {"group_by": ["service"], "window": "all"}})
}

fn request_id(body: &Value) -> String {
    body["request_id"]
        .as_str()
        .expect("a request_id")
        .to_owned()
}

fn replayed(answer: &Answer) -> bool {
    answer
        .headers
        .get("idempotent-replayed")
        .is_some_and(|value| value == "true")
}

async fn listed(caller: &Caller) -> Vec<String> {
    let page = caller.get("/tasks?limit=100").await.expect(200);
    let tasks = page["tasks"].as_array().expect("a list");
    tasks.iter().map(request_id).collect()
}

#[tokio::test]
async fn the_same_submission_again_gives_the_same_task() {
    let caller = Stack::running().await.new_tenant().await;
    let key = fresh();
    let first = caller.post_keyed("/tasks", &key, &aggregate()).await;
    assert!(!replayed(&first));
    let first = first.expect(202);
    let id = request_id(&first);

    let respelled = json!({"tags": [], "input": {"window": "all", "group_by": ["service"]},
        "kind": "aggregate"});
    let again = caller.post_keyed("/tasks", &key, &respelled).await;
    assert!(replayed(&again));
    assert_eq!(again.expect(200), first);

    assert_eq!(caller.ended(&id).await["status"], "completed");
    let after = caller.post_keyed("/tasks", &key, &aggregate()).await;
    assert!(replayed(&after), "also when the task has ended");
    assert_eq!(after.expect(200), first);
    assert_eq!(listed(&caller).await, [id]);
}

#[tokio::test]
async fn a_key_belongs_to_one_body() {
    let caller = Stack::running().await.new_tenant().await;
    let key = fresh();
    let first = caller.post_keyed("/tasks", &key, &aggregate()).await;
    let id = request_id(&first.expect(202));
    let other = json!({"kind": "aggregate", "tags": ["nightly"]});
    let answer = caller.post_keyed("/tasks", &key, &other).await;
    assert_eq!(
        (answer.status, answer.code()),
        (409, "idempotency_key_reused")
    );
    let answer = caller.post_keyed("/tasks", "not a key", &other).await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "invalid_idempotency_key")
    );
    assert_eq!(listed(&caller).await, [id]);
}

#[tokio::test]
async fn of_fifty_equal_submissions_at_once_one_makes_the_task() {
    let caller = Stack::running().await.new_tenant().await;
    let (key, body) = (fresh(), aggregate());
    let calls = (0..50).map(|_| caller.post_keyed("/tasks", &key, &body));
    let answers = join_all(calls).await;
    let made = answers.iter().filter(|answer| answer.status == 202);
    assert_eq!(made.count(), 1);
    for answer in &answers {
        assert_eq!(replayed(answer), answer.status == 200, "{}", answer.body);
    }
    let ids: BTreeSet<_> = answers
        .iter()
        .map(|answer| request_id(&answer.body))
        .collect();
    let listed = listed(&caller).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(ids, listed.iter().cloned().collect());
    assert_eq!(caller.ended(&listed[0]).await["status"], "completed");
}

#[tokio::test]
async fn tenants_with_the_same_key_are_independent() {
    let stack = Stack::running().await;
    let (ours, theirs) = (stack.new_tenant().await, stack.new_tenant().await);
    let key = fresh();
    let first = ours.post_keyed("/tasks", &key, &aggregate()).await;
    let first = request_id(&first.expect(202));
    let other = json!({"kind": "aggregate"});
    let second = theirs.post_keyed("/tasks", &key, &other).await;
    let second = request_id(&second.expect(202));
    assert_ne!(first, second);
    assert_eq!(listed(&ours).await, [first]);
    assert_eq!(listed(&theirs).await, [second]);
}

#[tokio::test]
async fn a_batch_runs_what_is_right_and_names_what_is_wrong() {
    let caller = Stack::running().await.new_tenant().await;
    let mut wrong = aggregate();
    wrong["input"]["window"] = json!("2y");
    let mut tasks = vec![aggregate(); 25];
    tasks[3] = json!({"kind": "dance"});
    tasks[7] = wrong;
    tasks[11] = json!("not a task");
    let answer = caller.post("/tasks/batch", &json!({"tasks": tasks})).await;
    let body = answer.expect(200);
    let outcomes = body["tasks"].as_array().expect("a list");
    assert_eq!(outcomes.len(), 25);
    let mut ids = BTreeSet::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome["index"], place);
        let code = match place {
            3 => "unknown_kind",
            7 => "invalid_input",
            11 => "invalid_body",
            _ => {
                ids.insert(request_id(outcome));
                continue;
            }
        };
        assert_eq!(outcome["error"]["code"], code, "{outcome}");
    }
    assert_eq!(outcomes[7]["error"]["errors"][0]["field"], "input.window");
    assert_eq!(ids, listed(&caller).await.into_iter().collect());
    for task in join_all(ids.iter().map(|id| caller.ended(id))).await {
        assert_eq!(task["status"], "completed");
    }
}

#[tokio::test]
async fn a_batch_with_keys_can_be_sent_again() {
    let caller = Stack::running().await.new_tenant().await;
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let mut task = aggregate();
            task["idempotency_key"] = json!(format!("{n}"));
            task
        })
        .collect();
    let batch = json!({"tasks": tasks});
    let mut seen = BTreeSet::new();
    for replayed in [false, true] {
        let body = caller.post("/tasks/batch", &batch).await.expect(200);
        for outcome in body["tasks"].as_array().expect("a list") {
            assert_eq!(outcome["replayed"], replayed, "{outcome}");
            seen.insert(request_id(outcome));
        }
    }
    assert_eq!(seen.len(), 100);
    assert_eq!(seen, listed(&caller).await.into_iter().collect());
}

#[tokio::test]
async fn a_batch_has_a_size() {
    let caller = Stack::running().await.new_tenant().await;
    for (count, status, code) in [(0, 422, "invalid_body"), (101, 413, "too_many_tasks")] {
        let batch = json!({"tasks": vec![aggregate(); count]});
        let answer = caller.post("/tasks/batch", &batch).await;
        assert_eq!((answer.status, answer.code()), (status, code));
    }
    assert!(listed(&caller).await.is_empty());
}
