//! The commands that need no data: who is there, which version, which options.

use bson::{Document, RawDocumentBuf, doc, rawdoc};

use super::request::Command;
use super::service::Peer;
use crate::engine::Engine;
use crate::fault::{CommandError, During, codes};

/// The version whose commands and operators the engine comes closest to.
const VERSION: &str = "7.0.0";

/// Answers only when PostgreSQL does, so that a ping says whether data can be read.
pub(crate) async fn ping(engine: &Engine) -> Result<RawDocumentBuf, CommandError> {
    let probed = engine.probe().await;
    probed.map_err(|error| CommandError::of_engine(error, During::Command))?;
    Ok(rawdoc! { "ok": 1.0 })
}

/// Answers what can be answered from here; none means the command is somebody else's.
pub(crate) fn answer(command: &Command<'_>, peer: &Peer) -> Result<Option<Document>, CommandError> {
    Ok(Some(match command.name {
        "buildInfo" | "buildinfo" => build_info(),
        "connectionStatus" => doc! {
            "authInfo": { "authenticatedUsers": [], "authenticatedUserRoles": [] },
            "ok": 1.0,
        },
        "whatsmyuri" => doc! { "you": peer.remote.to_string(), "ok": 1.0 },
        "replSetGetStatus" => replica_set(peer),
        "serverStatus" => doc! {
            "host": peer.local.to_string(),
            "version": VERSION,
            "process": "document-gateway",
            "pid": i64::from(std::process::id()),
            "ok": 1.0,
        },
        "hostInfo" => doc! { "system": { "hostname": "localhost" }, "os": {}, "ok": 1.0 },
        "getCmdLineOpts" => doc! { "argv": ["document-gateway"], "parsed": {}, "ok": 1.0 },
        "getLog" => doc! { "totalLinesWritten": 0, "log": [], "ok": 1.0 },
        "refreshSessions" | "logout" => doc! { "ok": 1.0 },
        "saslStart" | "saslContinue" | "authenticate" => {
            let message = "this server has no users: remove the credentials from the URI";
            return Err(CommandError::new(codes::AUTHENTICATION_FAILED, message));
        }
        _ => return Ok(None),
    }))
}

fn build_info() -> Document {
    doc! {
        "version": VERSION,
        "versionArray": [7, 0, 0, 0],
        "gitVersion": env!("CARGO_PKG_VERSION"),
        "modules": [],
        "bits": 64,
        "debug": cfg!(debug_assertions),
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "storageEngines": ["documentdb"],
        "ok": 1.0,
    }
}

fn replica_set(peer: &Peer) -> Document {
    let member = doc! {
        "_id": 0,
        "name": peer.local.to_string(),
        "health": 1.0,
        "state": 1,
        "stateStr": "PRIMARY",
        "self": true,
    };
    doc! { "set": "rs0", "myState": 1, "members": [member], "ok": 1.0 }
}
