//! Pauses. One item for each subject and slot of an author: `scope` (always `submission`), `id`
//! (`kind:analyze#guard:<alarm>`), `decided_at` (milliseconds since 1970), `expires_at`, `v`, and where it is paused
//! `pause` (a map of `subject`, `reason`, `since`, `until`, `by`). One that was lifted stays for a while without it, so
//! that an older decision that arrives later finds a newer one. A pause without an end has no `expires_at`.
//!
//! They are one partition, so that one query finds them all. There are a handful, each function process reads them
//! every few seconds while it takes tasks on, and a read of them costs a unit: three hundred processes are a tenth of
//! what a partition gives.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::Pause;
use domain::pause::{Author, REMEMBERED, Subject, place};
use domain::ports::{Clock, Pauses, PortError};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use time::OffsetDateTime;

use super::expiry::second;
use super::{Item, LAYOUT, layout, number, text};
use crate::Sdk;
use crate::error::port_error;
use crate::lazy::Lazy;

const TABLE: &str = "pauses table";

/// The partition.
const SCOPE: &str = "submission";

/// Keeps pauses in a table with the keys `scope` and `id`.
#[derive(Clone)]
pub struct PauseTable {
    client: Lazy<Client>,
    table: String,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize, Deserialize)]
struct DecisionItem {
    scope: String,
    id: String,
    decided_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<PauseAttributes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    v: u8,
}

#[derive(Serialize, Deserialize)]
struct PauseAttributes {
    subject: String,
    reason: String,
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    until: Option<OffsetDateTime>,
    by: String,
}

impl PauseTable {
    /// Keeps pauses in this table; the clock tells which have ended.
    pub fn new(sdk: &Sdk, table: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: sdk.dynamodb(),
            table: table.into(),
            clock,
        }
    }

    /// One conditional write: of two decisions the later stays, whichever comes first.
    async fn decide(&self, item: DecisionItem) -> Result<bool, PortError> {
        let decided_at = item.decided_at;
        let item = to_item(item).map_err(|error| PortError::broken(TABLE, error))?;
        let put = self.client.put_item().table_name(&self.table);
        let put = put
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(decided_at) OR decided_at <= :decided")
            .expression_attribute_values(":decided", number(&decided_at));
        match put.send().await.map_err(|error| port_error(TABLE, error)) {
            Ok(_) => Ok(true),
            Err(PortError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Pauses for PauseTable {
    async fn list(&self) -> Result<Vec<Pause>, PortError> {
        let query = self.client.query().table_name(&self.table);
        let items: Result<Vec<_>, _> = query
            .consistent_read(true)
            .key_condition_expression("#scope = :scope")
            .filter_expression(
                "attribute_exists(pause) AND (attribute_not_exists(expires_at) OR expires_at > :now)",
            )
            .expression_attribute_names("#scope", "scope")
            .expression_attribute_values(":scope", text(SCOPE))
            .expression_attribute_values(":now", number(&second(self.clock.now())))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await;
        let items = items.map_err(|error| port_error(TABLE, error))?;
        let pauses = items.into_iter().map(read).filter_map(Result::transpose);
        pauses.collect()
    }

    async fn pause(&self, pause: &Pause) -> Result<bool, PortError> {
        self.decide(DecisionItem::from(pause)).await
    }

    async fn resume(
        &self,
        subject: &Subject,
        by: &Author,
        at: OffsetDateTime,
    ) -> Result<bool, PortError> {
        let item = DecisionItem {
            scope: SCOPE.into(),
            id: place(subject, by),
            decided_at: millisecond(at),
            pause: None,
            expires_at: Some(second(self.clock.now() + REMEMBERED)),
            v: LAYOUT,
        };
        self.decide(item).await
    }
}

impl From<&Pause> for DecisionItem {
    fn from(pause: &Pause) -> Self {
        let attributes = PauseAttributes {
            subject: pause.subject.to_string(),
            reason: pause.reason.clone(),
            since: pause.since,
            until: pause.until,
            by: pause.by.to_string(),
        };
        Self {
            scope: SCOPE.into(),
            id: pause.place(),
            decided_at: millisecond(pause.since),
            pause: Some(attributes),
            expires_at: pause.until.map(second),
            v: LAYOUT,
        }
    }
}

/// None where it was lifted.
fn read(item: Item) -> Result<Option<Pause>, PortError> {
    let item: DecisionItem = layout::read(item, TABLE)?;
    item.pause.map(pause).transpose()
}

fn pause(attributes: PauseAttributes) -> Result<Pause, PortError> {
    let subject = attributes.subject.parse();
    let by = attributes.by.parse();
    Ok(Pause {
        subject: subject.map_err(|error| PortError::broken(TABLE, error))?,
        reason: attributes.reason,
        since: attributes.since,
        until: attributes.until,
        by: by.map_err(|error| PortError::broken(TABLE, error))?,
    })
}

fn millisecond(moment: OffsetDateTime) -> i64 {
    let since = moment - OffsetDateTime::UNIX_EPOCH;
    i64::try_from(since.whole_milliseconds()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod formats {
    use testkit::build::{self, NOW};

    use super::*;
    use crate::dynamo::recorded::hold;

    #[test]
    fn a_pause_is_as_recorded() {
        let pause = Pause {
            until: Some(NOW + time::Duration::DAY),
            ..build::pause("kind:analyze", "guard:adology-monthly", NOW)
        };
        let write = |pause: &Pause| to_item(DecisionItem::from(pause)).unwrap();
        let read = |item| read(item).map(Option::unwrap);
        hold("pause", &pause, write, read, &["/pause/M"]);
    }
}
