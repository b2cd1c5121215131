//! Items of connections as releases have recorded them: connections live on while a release is deployed.

use domain::ids::Scope;
use testkit::build::NOW;

use super::*;
use crate::dynamo::recorded::{hold, readable};

fn connection() -> Connection {
    Connection {
        id: ConnectionId::new("L0SM9cOFIAMCIdw=").unwrap(),
        identity: Identity {
            tenant: TenantId::new("acme").unwrap(),
            user: UserId::new("ada").unwrap(),
            scopes: [Scope::Operator].into(),
        },
        connected_at: NOW,
    }
}

fn own(item: Item) -> Result<Connection, PortError> {
    read(item).map(SelfItem::into_connection)
}

#[test]
fn a_connection_and_its_topics_are_as_recorded() {
    let connection = connection();
    let topic = connection.own_topic().to_string();
    hold(
        "connection",
        &connection,
        |connection| to_item(new_self_item(connection, topic.clone())).unwrap(),
        own,
        &[],
    );
    hold(
        "connection-listener",
        &connection.id,
        |_| to_item(listener(&connection, topic.clone())).unwrap(),
        |item| read::<ListenerItem>(item).map(|item| item.connection_id),
        &[],
    );
    hold(
        "connection-presence",
        &connection.id,
        |_| to_item(presence(&connection)).unwrap(),
        |item| read::<Listening>(item).map(|item| item.connection_id),
        &[],
    );
}

#[test]
fn a_connection_with_a_meter_that_is_about_to_go_is_read_as_recorded() {
    let read = |item: Item| {
        let item: SelfItem = read(item)?;
        let state = (item.meter(), item.is_closing());
        Ok((item.into_connection(), state))
    };
    let expected = (connection(), (Some(1_772_366_400_500), true));
    readable("connection-closing", &expected, read);
}
