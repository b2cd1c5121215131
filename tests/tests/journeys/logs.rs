//! Log lines and requests, as a page reads them.

use end_to_end::{Caller, Stack};
use serde_json::{Value, json};

use crate::traffic::requests;

fn line(n: usize) -> Value {
    json!({
        "id": format!("l-{n}"), "type": "log", "at": format!("2024-05-01T10:00:{:02}.5Z", n % 60),
        "service": if n.is_multiple_of(2) { "cart" } else { "shop" },
        "level": if n.is_multiple_of(5) { "error" } else { "info" },
        "message": format!("Order {n}: {}", if n.is_multiple_of(7) { "Payment DECLINED" } else { "done" }),
    })
}

async fn ids(caller: &Caller, query: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (vec![], String::new());
    loop {
        let page = caller
            .get(&format!("/logs?limit=20{query}{cursor}"))
            .await
            .expect(200);
        let lines = page["lines"].as_array().expect("lines");
        ids.extend(
            lines
                .iter()
                .map(|line| line["id"].as_str().expect("an id").to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

fn named(numbers: impl DoubleEndedIterator<Item = usize>, of: &str) -> Vec<String> {
    numbers.rev().map(|n| format!("{of}-{n}")).collect()
}

#[tokio::test]
async fn lines_are_found_by_what_they_hold() {
    let stack = Stack::running().await;
    let (caller, other) = (stack.new_tenant().await, stack.new_tenant().await);
    let mut events: Vec<_> = (0..60).map(line).collect();
    events.extend(requests(60));
    let body = json!({"events": events});
    assert_eq!(
        caller.post("/events", &body).await.expect(200)["accepted"],
        120
    );

    assert_eq!(ids(&caller, "").await, named(0..60, "l"));
    let errors = (0_usize..60).filter(|n| n.is_multiple_of(5));
    assert_eq!(ids(&caller, "&level=error").await, named(errors, "l"));
    let declined = (0_usize..60).filter(|n| n.is_multiple_of(14));
    let found = ids(&caller, "&service=cart&text=payment%20declined").await;
    assert_eq!(found, named(declined, "l"));
    let failed = (0_usize..60).filter(|n| n.is_multiple_of(10));
    assert_eq!(ids(&caller, "&status=5xx").await, named(failed, "r"));
    let range = "&from=2024-05-01T10:00:10Z&to=2024-05-01T10:00:20Z";
    assert_eq!(ids(&caller, range).await, named(10..20, "l"));
    assert!(ids(&other, "").await.is_empty());
    let refused = caller.get("/logs?type=session").await;
    assert_eq!((refused.status, refused.code()), (400, "invalid_query"));
}
