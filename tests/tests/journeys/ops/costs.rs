//! What tasks have cost, from a shell.

use end_to_end::Stack;
use serde_json::{Value, json};

use super::ops;

#[tokio::test]
async fn the_tasks_of_a_tenant_cost_what_they_tell() {
    let stack = Stack::running().await;
    let caller = stack.new_tenant().await;
    let id = caller.submit_aggregate(json!({"window": "all"})).await;
    caller.ended(&id).await;
    // What tells of the end is counted a moment later.
    let mut seen = (Value::Null, 0.0);
    for _ in 0..20 {
        let told = caller.get(&format!("/tasks/{id}")).await.expect(200);
        let (code, cost) = ops(None, &["cost", "--within", "1h"]).await;
        assert_eq!(code, Some(0));
        let tenants = cost["by_tenant"].as_array().expect("tenants").iter();
        let ours = tenants
            .clone()
            .find(|group| group["name"] == caller.tenant.as_str());
        let ours = ours.expect("our tenant").clone();
        assert_eq!(ours["tasks"], 1);
        let told = told["cost_usd"].as_f64().expect("a cost");
        let counted = ours["usd"].as_f64().expect("a cost");
        assert!(ours["usd_a_month"].as_f64() > Some(counted));
        // The list's is the price on Arm; the stack tells that of its own machine.
        if (told - counted).abs() <= 0.5 * told {
            return;
        }
        seen = (ours, told);
    }
    panic!("{seen:?}");
}
