//! What the model may cost.

use domain::model::{Reservation, SpendLimits};
use domain::ports::Spending as _;
use domain::{Retry, Usd};
use serde_json::json;
use testkit::build::{self, NOW};
use testkit::memory::Fault;

use super::scene::{input, judge, scene, usd};

#[tokio::test]
async fn a_task_that_may_cost_too_much_is_refused_before_the_model_is_asked() {
    let scene = scene(judge);
    let mut input = input(40);
    input["max_cost_usd"] = json!(0.01);
    let failure = scene.run(&input).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("task_spend_limit", Retry::Permanent)
    );
    assert!(failure.message.contains("0.01 USD"), "{failure}");
    assert_eq!(scene.model.asked(), []);
    assert_eq!(scene.spent(), Usd::ZERO);
    // More than the service allows is not to be had.
    let scene = self::scene(judge);
    input["max_cost_usd"] = json!(1_000_000);
    scene.run(&input).await.unwrap();
}

#[tokio::test]
async fn attempts_share_what_the_task_may_spend() {
    let scene = scene(judge);
    let mut input = input(1);
    input["max_cost_usd"] = json!(0.005);
    scene.run(&input).await.unwrap();
    let failure = scene.run(&input).await.unwrap_err();
    assert_eq!(failure.code, "task_spend_limit");
}

#[tokio::test]
async fn a_tenant_that_has_spent_its_day_is_refused() {
    let scene = scene(judge);
    let before = Reservation {
        task: build::request_id(),
        amount: usd("2"),
        ..scene.reservation()
    };
    let limits = SpendLimits {
        task: usd("2"),
        tenant: usd("2"),
    };
    scene.spending.reserve(&before, limits, NOW).await.unwrap();
    let failure = scene.run(&input(1)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("tenant_spend_limit", Retry::Permanent)
    );
    assert_eq!(scene.model.asked(), []);
}

#[tokio::test]
async fn where_spending_cannot_be_counted_nothing_is_spent() {
    let scene = scene(judge);
    scene.faults.always("spending.reserve", Fault::Unavailable);
    let failure = scene.run(&input(1)).await.unwrap_err();
    assert_eq!(
        (&*failure.code, failure.retry),
        ("store_unavailable", Retry::Transient)
    );
    assert_eq!(scene.model.asked(), []);
    let scene = self::scene(judge);
    scene.faults.always("spending.settle", Fault::Unavailable);
    scene.run(&input(1)).await.unwrap();
    assert!(scene.spent() > usd("0.003"));
}

#[tokio::test]
async fn tokens_are_charged_to_the_task_with_their_price() {
    let scene = scene(judge);
    let ledger = domain::ledger::Ledger::default();
    let result = ledger.around(scene.run(&input(3))).await.unwrap();
    let bill = &result["provider"];
    let usage = ledger.total();
    // One prompt for the documents, one for the summary.
    assert_eq!(
        (usage.input_tokens, usage.output_tokens),
        (2_000, 200),
        "{bill}"
    );
    // A thousand tokens are a tenth of a cent read, and half a cent written.
    assert_eq!(usage.model_nanos, 3_000_000);
}
