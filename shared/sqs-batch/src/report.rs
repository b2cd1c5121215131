//! What became of a batch.

use std::time::Duration;

use aws_lambda_events::sqs::SqsBatchResponse;

use crate::BoxError;

/// The end of every record, in the order of the batch.
#[derive(Debug, Default)]
pub struct Report {
    /// One for each record.
    pub records: Vec<Settled>,
}

/// How one record ended.
#[derive(Debug)]
pub struct Settled {
    /// Which.
    pub message_id: String,
    /// How.
    pub end: End,
    /// What went wrong with hiding it or putting it away. The record is safe: it comes back when
    /// the queue's own visibility timeout ends. Worth a line in the log.
    pub fault: Option<BoxError>,
}

/// How a record ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Handled.
    Done,
    /// Comes back after this long.
    Retry(Duration),
    /// The handler called it a dead letter.
    DeadLetter {
        /// Why.
        reason: String,
        /// Whether it is out of the queue already.
        moved: bool,
    },
    /// It could not be decoded, so no handler saw it.
    Poison {
        /// Why.
        reason: String,
        /// Whether it is out of the queue already.
        moved: bool,
    },
    /// The handler panicked; it comes back when the queue's visibility timeout ends.
    Panicked {
        /// The panic's words. They are for the log: they may quote data.
        message: String,
    },
    /// The deadline came first; it comes back at once.
    OutOfTime,
    /// One before it in its message group failed; it comes back after that one.
    Behind,
}

impl End {
    /// Whether the queue may forget the record.
    pub fn is_acknowledged(&self) -> bool {
        matches!(
            self,
            Self::Done | Self::DeadLetter { moved: true, .. } | Self::Poison { moved: true, .. }
        )
    }
}

impl Report {
    /// The answer to Lambda: the records that are not to be forgotten, in the order of the batch.
    /// The event source mapping needs `ReportBatchItemFailures`, or it forgets all of them.
    ///
    /// A record without an id, which SQS never sends, is reported by an empty one: Lambda then
    /// keeps the whole batch.
    pub fn response(&self) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let failed = self.records.iter();
        let failed = failed.filter(|record| !record.end.is_acknowledged());
        response.set_failures(failed.map(|record| record.message_id.clone()));
        response
    }
}
