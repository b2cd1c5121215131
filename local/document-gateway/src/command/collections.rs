//! Dropping, where the engine's answer is not yet a reply.

use bson::{RawDocumentBuf, rawdoc};

use super::request::Command;
use super::service::Service;
use crate::engine::Param;
use crate::fault::{CommandError, During};

const DROP: &str = "SELECT documentdb_api.drop_collection($1, $2)";
const DROP_DATABASE: &str = "SELECT documentdb_api.drop_database($1)";

/// Drops a collection; one that is not there counts as dropped, as in MongoDB 7.
pub(crate) async fn drop(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let params = [
        Param::Text(command.database),
        Param::Text(command.collection()?),
    ];
    let existed: bool = service
        .lease()
        .await?
        .ask(DROP, &params)
        .await
        .map_err(|error| CommandError::of_engine(error, During::Command))?;
    tracing::debug!(existed, "collection.dropped");
    Ok(rawdoc! { "ns": command.namespace(), "ok": 1.0 })
}

/// Drops a database with all its collections.
pub(crate) async fn drop_database(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let params = [Param::Text(command.database)];
    service
        .lease()
        .await?
        .ask::<()>(DROP_DATABASE, &params)
        .await
        .map_err(|error| CommandError::of_engine(error, During::Command))?;
    Ok(rawdoc! { "dropped": command.database, "ok": 1.0 })
}
