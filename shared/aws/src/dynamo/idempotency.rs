//! Keys of work that is done once. One item per key: `key`, `fingerprint`, `token`, `locked_until`
//! (milliseconds since 1970) while the work goes on, then `response`; `expires_at`, `expiry_shard`,
//! `v`.
//!
//! They share a table with the keys of submissions, whose scope is the tenant alone.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use domain::ports::PortError;
use idempotency::{Acquired, Claim, IdempotencyStore, Kept, Key, Record, State, StoreError, Token};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::due::BY_EXPIRY;
use super::expiry::second;
use super::{LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "idempotency table";

/// `idempotency::may_take` as a condition. The item of a submission has no `token`, and is never
/// taken before it expires.
const MAY_TAKE: &str = "attribute_not_exists(#key) OR expires_at <= :now OR \
    (attribute_not_exists(#response) AND fingerprint = :fingerprint AND (locked_until <= :now_ms OR #token = :token))";

/// Keeps keys in a table with the key `key`.
#[derive(Debug, Clone)]
pub struct IdempotencyKeys {
    client: Lazy<Client>,
    table: String,
}

#[derive(Serialize, Deserialize)]
struct KeyItem {
    key: String,
    fingerprint: String,
    token: String,
    /// Milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<String>,
    /// Seconds since 1970.
    expires_at: i64,
    expiry_shard: String,
    v: u8,
}

impl KeyItem {
    fn won(key: &Key, claim: &Claim) -> Self {
        Self {
            key: key.to_string(),
            fingerprint: claim.fingerprint.to_string(),
            token: claim.token.to_string(),
            locked_until: Some(millisecond(claim.locked_until)),
            response: None,
            expires_at: second(claim.expires_at.into()),
            expiry_shard: BY_EXPIRY.shard_of(key.as_str()),
            v: LAYOUT,
        }
    }

    fn record(self) -> Result<Record, PortError> {
        let state = match (self.response, self.locked_until) {
            (Some(response), _) => State::Completed { response },
            (None, Some(until)) => State::InProgress {
                locked_until: moment(Duration::from_millis(until.unsigned_abs())),
            },
            (None, None) => return Err(broken("an item has neither a lock nor a response")),
        };
        Ok(Record {
            fingerprint: self.fingerprint.parse().map_err(broken)?,
            token: self.token.parse().map_err(broken)?,
            state,
            expires_at: moment(Duration::from_secs(self.expires_at.unsigned_abs())),
        })
    }
}

impl IdempotencyKeys {
    /// Keeps keys in this table.
    pub fn new(sdk: &Sdk, table: impl Into<String>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
        }
    }
}

#[async_trait]
impl IdempotencyStore for IdempotencyKeys {
    async fn acquire(
        &self,
        key: &Key,
        claim: &Claim,
        now: SystemTime,
    ) -> Result<Acquired, StoreError> {
        let item = to_item(KeyItem::won(key, claim)).map_err(broken)?;
        let put = self.client.put_item().table_name(&self.table);
        let sent = put
            .set_item(Some(item))
            .condition_expression(MAY_TAKE)
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#response", "response")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":now", number(&second(now.into())))
            .expression_attribute_values(":now_ms", number(&millisecond(now)))
            .expression_attribute_values(":fingerprint", text(&claim.fingerprint))
            .expression_attribute_values(":token", text(&claim.token))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(Acquired::Ours);
        };
        let theirs = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item().cloned(),
            _ => None,
        };
        let theirs = theirs.ok_or_else(|| port_error(TABLE, error))?;
        let theirs: KeyItem = layout::read(theirs, TABLE)?;
        Ok(Acquired::Theirs(theirs.record()?))
    }

    async fn complete(&self, key: &Key, token: Token, response: &str) -> Result<Kept, StoreError> {
        let update = self.client.update_item().table_name(&self.table);
        let sent = update
            .key("key", text(key))
            .update_expression("SET #response = :response REMOVE locked_until")
            .condition_expression("#token = :token")
            .expression_attribute_names("#response", "response")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":response", text(response))
            .expression_attribute_values(":token", text(&token))
            .send()
            .await;
        match sent.map_err(|error| port_error(TABLE, error)) {
            Ok(_) => Ok(Kept::Yes),
            Err(PortError::Conflict { .. }) => Ok(Kept::Overtaken),
            Err(error) => Err(error.into()),
        }
    }

    async fn release(&self, key: &Key, token: Token) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let sent = delete
            .key("key", text(key))
            .condition_expression("#token = :token AND attribute_not_exists(#response)")
            .expression_attribute_names("#response", "response")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":token", text(&token))
            .send()
            .await;
        match sent.map_err(|error| port_error(TABLE, error)) {
            Ok(_) | Err(PortError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn moment(since_1970: Duration) -> SystemTime {
    SystemTime::UNIX_EPOCH + since_1970
}

fn millisecond(moment: SystemTime) -> i64 {
    let nanoseconds = OffsetDateTime::from(moment).unix_timestamp_nanos();
    i64::try_from(nanoseconds / 1_000_000).unwrap_or(i64::MAX)
}

fn broken(cause: impl Into<StoreError>) -> PortError {
    PortError::broken(TABLE, cause)
}

#[cfg(test)]
mod formats {
    use testkit::build::NOW;

    use super::*;
    use crate::dynamo::Item;
    use crate::dynamo::recorded::{hold, readable};

    fn claim() -> Claim {
        Claim {
            fingerprint: "ab".repeat(32).parse().unwrap(),
            token: "7".parse().unwrap(),
            locked_until: NOW.into(),
            expires_at: NOW.into(),
        }
    }

    fn read(item: Item) -> Result<Record, PortError> {
        layout::read::<KeyItem>(item, TABLE)?.record()
    }

    #[test]
    fn a_key_is_as_recorded() {
        let key = Key::new("webhook", "nightly-1").unwrap();
        let write = |_: &Record| to_item(KeyItem::won(&key, &claim())).unwrap();
        hold("idempotency", &claim().won(), write, read, &[]);
    }

    #[test]
    fn a_key_whose_work_is_done_is_read_as_recorded() {
        let state = State::Completed {
            response: "{}".into(),
        };
        let done = Record {
            state,
            ..claim().won()
        };
        readable("idempotency-completed", &done, read);
    }
}
