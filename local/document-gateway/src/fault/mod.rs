//! The errors that a client sees.

pub(crate) mod codes;

use bson::{Document, doc};

use crate::engine::EngineError;
use codes::Code;

/// Tells the driver that the whole transaction may be tried again.
const TRANSIENT: &str = "TransientTransactionError";
/// Tells the driver that nobody knows whether the commit happened.
const UNKNOWN_COMMIT: &str = "UnknownTransactionCommitResult";
/// Tells the driver that the write has not happened and may be sent again.
const RETRYABLE_WRITE: &str = "RetryableWriteError";

/// A command's failure, in MongoDB's terms.
#[derive(Debug, thiserror::Error)]
#[error("{} ({}): {message}", code.name, code.number)]
pub(crate) struct CommandError {
    pub(crate) code: Code,
    pub(crate) message: String,
    labels: Vec<&'static str>,
    #[source]
    cause: Option<Box<EngineError>>,
}

/// What was going on when the engine failed, which decides what the client may do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum During {
    /// A command on its own.
    Command,
    /// A command inside a transaction, which the failure has ended.
    Transaction,
    /// The commit of a transaction.
    Commit,
}

impl CommandError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            labels: Vec::new(),
            cause: None,
        }
    }

    /// The transaction is not, or no longer, open.
    pub(crate) fn no_such_transaction(number: i64) -> Self {
        let message = format!("Transaction with number {number} has been aborted or never started");
        Self::new(codes::NO_SUCH_TRANSACTION, message).transient()
    }

    /// The one map from what the engine reports to what the client is told.
    pub(crate) fn of_engine(error: EngineError, during: During) -> Self {
        let message = error.message();
        let (code, labels) = match (&error, during) {
            // Nothing was sent: drivers wait until `hello` names a primary again, and try again.
            (EngineError::Unreachable(_), During::Command) => {
                (codes::NOT_WRITABLE_PRIMARY, vec![RETRYABLE_WRITE])
            }
            // Not marked as retryable: a write may have happened. Reads are retried by this code.
            (EngineError::Lost(_), During::Command) => (codes::INTERRUPTED_AT_SHUTDOWN, vec![]),
            (EngineError::Unreachable(_) | EngineError::Lost(_), During::Commit) => {
                (codes::INTERRUPTED_AT_SHUTDOWN, vec![UNKNOWN_COMMIT])
            }
            (EngineError::Unreachable(_) | EngineError::Lost(_), During::Transaction) => {
                (codes::INTERRUPTED_AT_SHUTDOWN, vec![TRANSIENT])
            }
            (EngineError::Busy, During::Command) => {
                (codes::EXCEEDED_TIME_LIMIT, vec![RETRYABLE_WRITE])
            }
            (EngineError::Busy, _) => (codes::EXCEEDED_TIME_LIMIT, vec![TRANSIENT]),
            (EngineError::Refused(refused), _) => (
                refused
                    .code()
                    .map_or(codes::INTERNAL_ERROR, |s| codes::of_sqlstate(s.code())),
                vec![],
            ),
            (EngineError::Answer(_) | EngineError::Released, _) => (codes::INTERNAL_ERROR, vec![]),
        };
        let error = Self {
            code,
            message,
            labels,
            cause: Some(Box::new(error)),
        };
        if during != During::Command && error.is_conflict() {
            error.transient()
        } else {
            error
        }
    }

    /// Another writer was faster; trying again is the answer.
    pub(crate) fn is_conflict(&self) -> bool {
        self.code == codes::WRITE_CONFLICT
    }

    /// Marks the error as one after which the whole transaction may be tried again.
    pub(crate) fn transient(mut self) -> Self {
        self.labels.push(TRANSIENT);
        self
    }

    /// The reply that reports the error.
    pub(crate) fn to_document(&self) -> Document {
        let mut reply = doc! {
            "ok": 0.0,
            "errmsg": &self.message,
            "code": self.code.number,
            "codeName": self.code.name,
        };
        if !self.labels.is_empty() {
            reply.insert("errorLabels", self.labels.clone());
        }
        reply
    }
}

/// Says a duplicate key the way that programs look for it.
pub(crate) fn duplicate_key_message(namespace: &str, engine_message: &str) -> String {
    let index = engine_message
        .rsplit_once("Index '")
        .and_then(|(_, rest)| rest.split('\'').next());
    let index = index.unwrap_or("unknown");
    format!("E11000 duplicate key error collection: {namespace} index: {index} dup key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_engine_lets_a_write_be_sent_again_and_a_transaction_be_repeated() {
        let alone = CommandError::of_engine(EngineError::Busy, During::Command).to_document();
        assert_eq!(
            alone.get_array("errorLabels").unwrap(),
            &[RETRYABLE_WRITE.into()]
        );
        let inside = CommandError::of_engine(EngineError::Busy, During::Transaction).to_document();
        assert_eq!(
            inside.get_array("errorLabels").unwrap(),
            &[TRANSIENT.into()]
        );
    }

    #[test]
    fn an_error_without_labels_has_no_label_field() {
        let reply = CommandError::new(codes::BAD_VALUE, "no").to_document();
        assert_eq!(
            reply,
            doc! { "ok": 0.0, "errmsg": "no", "code": 2, "codeName": "BadValue" }
        );
    }

    #[test]
    fn names_the_index_of_a_duplicate() {
        let message = "Duplicate key violation on the requested collection: Index 'email_1'";
        let expected = "E11000 duplicate key error collection: app.users index: email_1 dup key";
        assert_eq!(duplicate_key_message("app.users", message), expected);
    }
}
