//! Indexes: queued by the engine, and built before the reply, as a client expects.

use std::time::Duration;

use bson::raw::RawDocument;
use bson::{Document, RawDocumentBuf, rawdoc};

use super::request::Command;
use super::service::{Service, refine};
use crate::engine::{EngineError, Lease, Param, Progress, Queued};
use crate::fault::{CommandError, During, codes};

const CREATE: &str =
    "SELECT retval, ok, requests FROM documentdb_api.create_indexes_background($1, $2)";
const STATUS: &str =
    "SELECT retval, ok, complete FROM documentdb_api_internal.check_build_index_status($1)";
/// The job that the engine's scheduler runs every two seconds; calling it saves the wait.
const BUILD: &str = "CALL documentdb_api_internal.build_index_concurrently(1)";
const DROP: &str = "CALL documentdb_api.drop_indexes($1, $2, NULL)";

const POLL: Duration = Duration::from_millis(50);

/// Creates indexes and waits until they are built.
pub(crate) async fn create(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    refuse_in_transaction(command)?;
    let mut lease = service.lease().await?;
    let params = [Param::Text(command.database), Param::Document(command.body)];
    let queued: Queued = lease
        .ask(CREATE, &params)
        .await
        .map_err(|error| failed(error, command))?;
    if !queued.outcome.success {
        return Err(refused(&queued.outcome.document, command));
    }
    if let Some(requests) = queued.requests.filter(|requests| !requests.is_empty()) {
        await_build(&mut lease, &requests, command).await?;
    }
    Ok(queued.outcome.document)
}

/// Drops one index, several, or all but `_id`.
pub(crate) async fn drop(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    refuse_in_transaction(command)?;
    let params = [Param::Text(command.database), Param::Document(command.body)];
    let reply: Result<RawDocumentBuf, _> = service.lease().await?.ask(DROP, &params).await;
    let reply = reply.map_err(|error| failed(error, command))?;
    // The engine says true where the protocol has a number.
    let before = reply.get_i64("nIndexesWas").unwrap_or_default();
    Ok(rawdoc! { "nIndexesWas": before, "ok": 1.0 })
}

async fn await_build(
    lease: &mut Lease,
    requests: &RawDocument,
    command: &Command<'_>,
) -> Result<(), CommandError> {
    loop {
        // The scheduler may hold the job at this moment; then it is built by it.
        if let Err(error) = lease.execute(BUILD).await {
            tracing::debug!(%error, "index.build_left_to_the_scheduler");
        }
        let progress: Progress = lease
            .ask(STATUS, &[Param::Document(requests)])
            .await
            .map_err(|error| failed(error, command))?;
        if !progress.outcome.success {
            return Err(refused(&progress.outcome.document, command));
        }
        if progress.complete {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
}

fn refuse_in_transaction(command: &Command<'_>) -> Result<(), CommandError> {
    if command.transaction.is_none() {
        return Ok(());
    }
    let message = format!("{} cannot run in a transaction", command.name);
    Err(CommandError::new(codes::NOT_IN_TRANSACTION, message))
}

fn failed(error: EngineError, command: &Command<'_>) -> CommandError {
    refine(CommandError::of_engine(error, During::Command), command)
}

/// The reason, which the engine files under the name of a shard.
fn refused(document: &RawDocument, command: &Command<'_>) -> CommandError {
    let shard = Document::try_from(document)
        .ok()
        .and_then(|reply| {
            reply
                .get_document("raw")
                .ok()?
                .get_document("defaultShard")
                .ok()
                .cloned()
        })
        .unwrap_or_default();
    let packed = shard.get_i32("code").unwrap_or_default();
    let code = codes::of_sqlstate(&codes::unpack_sqlstate(packed));
    let message = shard
        .get_str("errmsg")
        .unwrap_or("the index could not be built");
    refine(CommandError::new(code, message), command)
}
