//! Submissions with a key. One item per key: `key` (`<tenant>#<key>`), `request_id`,
//! `fingerprint`, `expires_at`, `expiry_shard`, `v`.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::error::TransactionCanceledException;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::ports::{ExpiredItem, Expiring, PortError, Recorded, SubmissionLedger};
use domain::{Fingerprint, IdempotencyKey, RequestId, Submission, Task, TenantId};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::due::BY_EXPIRY;
use super::expired::Rows;
use super::expiry::{is_past, second};
use super::tasks::{IS_NEW, item_of};
use super::{CONTENDED, Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "idempotency table";

/// Remembers keys in a table with the key `key`, and stores tasks in the tasks table.
#[derive(Debug, Clone)]
pub struct Submissions {
    client: Lazy<Client>,
    table: String,
    tasks_table: String,
}

#[derive(Serialize, Deserialize)]
struct SubmissionItem {
    key: String,
    request_id: RequestId,
    fingerprint: String,
    /// Seconds since 1970.
    expires_at: i64,
    #[serde(default)]
    expiry_shard: Option<String>,
    v: u8,
}

/// Others kept writing the same key, and yet none of them did.
#[derive(Debug, thiserror::Error)]
#[error("{} transactions met others on the same key", CONTENDED.attempts)]
struct Contended;

/// Remembered keys, for the sweep: it stores no tasks.
#[derive(Debug, Clone)]
pub struct SubmissionKeys {
    client: Lazy<Client>,
    table: String,
}

impl SubmissionKeys {
    /// The keys in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }

    fn rows(&self) -> Rows<'_> {
        Rows {
            client: &self.client,
            table: &self.table,
            key: "key",
            what: TABLE,
        }
    }
}

#[async_trait]
impl Expiring for SubmissionKeys {
    async fn expired(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<ExpiredItem>, PortError> {
        self.rows().expired(now, limit).await
    }

    async fn discard(&self, item: &ExpiredItem, now: OffsetDateTime) -> Result<bool, PortError> {
        self.rows().discard(item, now).await
    }
}

/// Why nothing was written.
enum Cancelled {
    /// The task's id is taken.
    IdTaken,
    /// The key is recorded, or another transaction is about to.
    KeyInUse,
    /// It was not cancelled, it failed.
    Failed(PortError),
}

impl Submissions {
    /// Remembers keys in `table` and stores tasks in `tasks_table`.
    pub fn new(sdk: &Sdk, table: impl Into<String>, tasks_table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
            tasks_table: tasks_table.into(),
        }
    }

    /// Record and task in one call: both are written or neither.
    async fn write(
        &self,
        record: TransactWriteItem,
        task: TransactWriteItem,
    ) -> Result<(), Cancelled> {
        let write = self.client.transact_write_items();
        let sent = write
            .transact_items(record)
            .transact_items(task)
            .send()
            .await;
        sent.map(drop)
            .map_err(|error| match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    meaning(cancelled)
                        .unwrap_or_else(|| Cancelled::Failed(port_error(TABLE, error)))
                }
                _ => Cancelled::Failed(port_error(TABLE, error)),
            })
    }

    async fn live(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: OffsetDateTime,
    ) -> Result<Option<SubmissionItem>, PortError> {
        let get = self.client.get_item().table_name(&self.table);
        let get = get.key("key", text(&name(tenant, key)?));
        let sent = get.consistent_read(true).send().await;
        let output = sent.map_err(|error| port_error(TABLE, error))?;
        let item = output.item.map(read).transpose()?;
        Ok(item.filter(|item| !is_past(item.expires_at, now)))
    }

    fn record_put(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<TransactWriteItem, PortError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(record_of(task, submission)?))
            .condition_expression("attribute_not_exists(#key) OR expires_at <= :now")
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":now", number(&second(now)));
        transacted(put.build())
    }

    fn task_put(&self, item: Item) -> Result<TransactWriteItem, PortError> {
        let put = Put::builder()
            .table_name(&self.tasks_table)
            .set_item(Some(item))
            .condition_expression(IS_NEW);
        transacted(put.build())
    }
}

#[async_trait]
impl SubmissionLedger for Submissions {
    /// One call where the key is new. The SDK repeats a call whose answer was lost; where the
    /// first try had gone through, the repetition reads its own record.
    async fn create_once(
        &self,
        task: &Task,
        submission: &Submission,
        now: OffsetDateTime,
    ) -> Result<Recorded, PortError> {
        let record = self.record_put(task, submission, now)?;
        let put = self.task_put(item_of(task)?)?;
        for attempt in 1..=CONTENDED.attempts {
            let cancelled = match self.write(record.clone(), put.clone()).await {
                Ok(()) => return Ok(Recorded::Created),
                Err(Cancelled::Failed(error)) => return Err(error),
                Err(cancelled) => cancelled,
            };
            if let Some(known) = self.live(&task.tenant, &submission.key, now).await? {
                return recorded(&known, task);
            }
            if matches!(cancelled, Cancelled::IdTaken) {
                return Err(PortError::Conflict { what: "task" });
            }
            // By then the other one's record is there to be read.
            tokio::time::sleep(CONTENDED.ceiling(attempt)).await;
        }
        Err(PortError::unavailable(TABLE, Contended))
    }

    async fn find(
        &self,
        tenant: &TenantId,
        key: &IdempotencyKey,
        now: OffsetDateTime,
    ) -> Result<Option<(RequestId, Fingerprint)>, PortError> {
        let Some(item) = self.live(tenant, key, now).await? else {
            return Ok(None);
        };
        let fingerprint = item.fingerprint.parse().map_err(broken)?;
        Ok(Some((item.request_id, fingerprint)))
    }
}

fn record_of(task: &Task, submission: &Submission) -> Result<Item, PortError> {
    let key = name(&task.tenant, &submission.key)?;
    let item = to_item(SubmissionItem {
        expiry_shard: Some(BY_EXPIRY.shard_of(&key)),
        key,
        request_id: task.request_id,
        fingerprint: submission.fingerprint.to_string(),
        expires_at: second(submission.expires_at),
        v: LAYOUT,
    });
    item.map_err(broken)
}

fn recorded(known: &SubmissionItem, task: &Task) -> Result<Recorded, PortError> {
    if known.request_id == task.request_id {
        return Ok(Recorded::Created);
    }
    let fingerprint: Fingerprint = known.fingerprint.parse().map_err(broken)?;
    Ok(Recorded::Known {
        request_id: known.request_id,
        fingerprint,
    })
}

fn read(item: Item) -> Result<SubmissionItem, PortError> {
    layout::read(item, TABLE)
}

/// The reasons come in the order of the items: the record's, then the task's. None where one of
/// them is no matter of keys.
fn meaning(cancelled: &TransactionCanceledException) -> Option<Cancelled> {
    let codes = cancelled.cancellation_reasons().iter();
    let codes: Vec<_> = codes
        .map(|reason| reason.code().unwrap_or("None"))
        .collect();
    match codes[..] {
        ["None", "ConditionalCheckFailed"] => Some(Cancelled::IdTaken),
        ["ConditionalCheckFailed" | "TransactionConflict", _] | [_, "TransactionConflict"] => {
            Some(Cancelled::KeyInUse)
        }
        _ => None,
    }
}

/// The tenant is the key's scope.
fn name(tenant: &TenantId, key: &IdempotencyKey) -> Result<String, PortError> {
    let scoped = key.within(tenant.as_str()).map_err(broken)?;
    Ok(scoped.to_string())
}

fn transacted(put: Result<Put, BuildError>) -> Result<TransactWriteItem, PortError> {
    let put = put.map_err(broken)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> PortError {
    PortError::broken(TABLE, error)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::CancellationReason;

    use domain::RequestId;
    use serde_json::Value;
    use testkit::build::NOW;
    use uuid::uuid;

    use super::*;
    use crate::dynamo::recorded::hold;

    #[test]
    fn a_submission_is_as_recorded() {
        let tenant = TenantId::new("acme").unwrap();
        let task = Task {
            request_id: RequestId::new(uuid!("01890a5d-ac96-774b-bcce-b302099a8057")),
            ..testkit::build::task(&tenant, "aggregate", Value::Null)
        };
        let (_, submission) = testkit::build::submission(&tenant, "nightly-1", NOW);
        let known = Recorded::Known {
            request_id: task.request_id,
            fingerprint: submission.fingerprint,
        };
        let another = testkit::build::task(&tenant, "aggregate", Value::Null);
        hold(
            "submission",
            &known,
            |_| record_of(&task, &submission).unwrap(),
            |item| recorded(&read(item)?, &another),
            &[],
        );
    }

    fn meant(codes: [&str; 2]) -> Option<Cancelled> {
        let reasons = codes.map(|code| CancellationReason::builder().code(code).build());
        let cancelled = TransactionCanceledException::builder();
        let cancelled = cancelled.set_cancellation_reasons(Some(reasons.into()));
        meaning(&cancelled.build())
    }

    #[test]
    fn reasons_tell_a_known_key_from_a_taken_id_and_a_failure() {
        for codes in [
            ["ConditionalCheckFailed", "None"],
            ["ConditionalCheckFailed", "ConditionalCheckFailed"],
            ["TransactionConflict", "None"],
            ["None", "TransactionConflict"],
        ] {
            assert!(
                matches!(meant(codes), Some(Cancelled::KeyInUse)),
                "{codes:?}"
            );
        }
        let taken = meant(["None", "ConditionalCheckFailed"]);
        assert!(matches!(taken, Some(Cancelled::IdTaken)));
        for codes in [["ValidationError", "None"], ["ThrottlingError", "None"]] {
            assert!(meant(codes).is_none(), "{codes:?}");
        }
    }
}
