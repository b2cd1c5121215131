//! The ends of transactions and of logical sessions.

use bson::{RawDocumentBuf, rawdoc};

use super::request::{Command, Part};
use super::service::Service;
use crate::fault::{CommandError, codes};

/// Commits; asking again after a commit is answered as the first time.
pub(crate) async fn commit(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    match service.enter(command, part(command)?).await {
        Ok(open) => service.transactions.commit(open).await?,
        Err(error) if error.code == codes::TRANSACTION_COMMITTED => {}
        Err(error) => return Err(error),
    }
    Ok(rawdoc! { "ok": 1.0 })
}

/// Rolls back.
pub(crate) async fn abort(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let open = service.enter(command, part(command)?).await?;
    service.transactions.abandon(open).await;
    Ok(rawdoc! { "ok": 1.0 })
}

/// Forgets sessions, and rolls back what they left open.
pub(crate) fn end(
    service: &Service,
    command: &Command<'_>,
) -> Result<RawDocumentBuf, CommandError> {
    let sessions = command.target.as_array().into_iter().flatten();
    for session in sessions.flatten().filter_map(bson::RawBsonRef::as_document) {
        let id = session.get_binary("id").map_err(|error| {
            CommandError::new(
                codes::FAILED_TO_PARSE,
                format!("a session has no id: {error}"),
            )
        })?;
        service.transactions.end_session(id.bytes);
    }
    Ok(rawdoc! { "ok": 1.0 })
}

fn part(command: &Command<'_>) -> Result<Part, CommandError> {
    let part = command.transaction.map(|part| Part {
        starts: false,
        ..part
    });
    part.ok_or_else(|| {
        let message = format!("{} needs txnNumber and autocommit: false", command.name);
        CommandError::new(codes::BAD_VALUE, message)
    })
}
