//! `hello`: who we say we are.

use bson::{DateTime, Document, doc};

use super::request::Command;
use super::service::Peer;
use crate::wire::MAX_MESSAGE_BYTES;

/// The replica set that every client finds; transactions and retries need one.
const SET_NAME: &str = "rs0";
/// The wire version of MongoDB 7.0, the last without the `bulkWrite` command.
const MAX_WIRE_VERSION: i32 = 21;
/// What the engine takes in one write command.
const MAX_WRITE_BATCH: i32 = 25_000;

/// Answers `hello` under its three names: the only member, and the primary unless PostgreSQL is
/// away, so that drivers wait for it instead of failing.
pub(crate) fn answer(command: &Command<'_>, peer: &Peer, up: bool) -> Option<Document> {
    let primary = match command.name {
        "hello" => "isWritablePrimary",
        "isMaster" | "ismaster" => "ismaster",
        _ => return None,
    };
    let me = peer.local.to_string();
    let mut reply = doc! {
        "helloOk": true,
        primary: up,
        "secondary": false,
        "setName": SET_NAME,
        "setVersion": 1,
        "me": &me,
        "hosts": [&me],
    };
    if up {
        reply.insert("primary", me);
    }
    reply.extend(doc! {
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "maxMessageSizeBytes": i32::try_from(MAX_MESSAGE_BYTES).unwrap_or(i32::MAX),
        "maxWriteBatchSize": MAX_WRITE_BATCH,
        "localTime": DateTime::now(),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": peer.connection_id,
        "minWireVersion": 0,
        "maxWireVersion": MAX_WIRE_VERSION,
        "readOnly": false,
        "ok": 1.0,
    });
    Some(reply)
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;
    use crate::wire::Message;

    fn ask(body: bson::RawDocumentBuf, up: bool) -> Option<Document> {
        let message = Message {
            body,
            sequences: Vec::new(),
            more_to_come: false,
        };
        let local = "127.0.0.1:27017".parse().unwrap();
        let peer = Peer {
            local,
            remote: local,
            connection_id: 1,
        };
        answer(&Command::parse(&message).unwrap(), &peer, up)
    }

    #[test]
    fn names_itself_by_the_address_that_the_client_used() {
        let reply = ask(rawdoc! { "hello": 1 }, true).unwrap();
        assert!(reply.get_bool("isWritablePrimary").unwrap());
        assert_eq!(reply.get_str("primary").unwrap(), "127.0.0.1:27017");
        assert_eq!(
            reply.get_array("hosts").unwrap(),
            &["127.0.0.1:27017".into()]
        );
    }

    #[test]
    fn is_no_primary_while_postgres_is_away() {
        let reply = ask(rawdoc! { "isMaster": 1 }, false).unwrap();
        assert!(!reply.get_bool("ismaster").unwrap());
        assert!(!reply.contains_key("primary"));
    }

    #[test]
    fn leaves_other_commands_alone() {
        assert!(ask(rawdoc! { "ping": 1 }, true).is_none());
    }
}
