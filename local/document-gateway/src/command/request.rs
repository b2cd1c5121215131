//! One command as the handlers see it.

use bson::raw::{RawBsonRef, RawDocument};

use crate::fault::{CommandError, codes};
use crate::wire::{Message, Sequence};

/// A parsed command, borrowed from its message.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    /// The first key of the body.
    pub(crate) name: &'a str,
    /// The value of that key: a collection's name, or `1`.
    pub(crate) target: RawBsonRef<'a>,
    pub(crate) database: &'a str,
    pub(crate) body: &'a RawDocument,
    sequences: &'a [Sequence],
    /// The bytes of the logical session's id.
    pub(crate) session: Option<&'a [u8]>,
    /// Set when the command belongs to a multi-document transaction.
    pub(crate) transaction: Option<Part>,
}

/// Which transaction of its session a command belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) number: i64,
    /// The command opens the transaction.
    pub(crate) starts: bool,
}

impl<'a> Command<'a> {
    /// Reads the fields that every command shares.
    pub(crate) fn parse(message: &'a Message) -> Result<Self, CommandError> {
        let mut command = Self::head(&message.body, &message.sequences)?;
        let mut number = None;
        let mut starts = false;
        let mut autocommit = true;
        for element in &message.body {
            match element.map_err(|error| not_bson(&error))? {
                (key, RawBsonRef::String(database)) if key == "$db" => command.database = database,
                (key, RawBsonRef::Document(lsid)) if key == "lsid" => {
                    command.session = lsid.get_binary("id").ok().map(|id| id.bytes);
                }
                (key, RawBsonRef::Int64(value)) if key == "txnNumber" => number = Some(value),
                (key, RawBsonRef::Boolean(value)) if key == "startTransaction" => starts = value,
                (key, RawBsonRef::Boolean(value)) if key == "autocommit" => autocommit = value,
                _ => {}
            }
        }
        command.transaction = number
            .filter(|_| !autocommit)
            .map(|number| Part { number, starts });
        Ok(command)
    }

    fn head(body: &'a RawDocument, sequences: &'a [Sequence]) -> Result<Self, CommandError> {
        let empty = || CommandError::new(codes::BAD_VALUE, "a command needs a name");
        let (name, target) = body
            .iter()
            .next()
            .ok_or_else(empty)?
            .map_err(|error| not_bson(&error))?;
        Ok(Self {
            name: name.as_str(),
            target,
            database: "admin",
            body,
            sequences,
            session: None,
            transaction: None,
        })
    }

    /// The collection that the command names.
    pub(crate) fn collection(&self) -> Result<&'a str, CommandError> {
        self.target.as_str().ok_or_else(|| {
            let message = format!("collection name of {} has to be a string", self.name);
            CommandError::new(codes::TYPE_MISMATCH, message)
        })
    }

    /// `database.collection`, as far as the command names it.
    pub(crate) fn namespace(&self) -> String {
        format!(
            "{}.{}",
            self.database,
            self.target.as_str().unwrap_or("$cmd")
        )
    }

    /// The documents that the client sent beside the body under this name.
    pub(crate) fn sequence(&self, identifier: &str) -> Option<&'a [u8]> {
        self.sequences
            .iter()
            .find(|sequence| sequence.identifier == identifier)
            .map(|sequence| sequence.documents.as_slice())
    }
}

fn not_bson(error: &bson::error::Error) -> CommandError {
    CommandError::new(codes::FAILED_TO_PARSE, error.to_string())
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    fn message(body: bson::RawDocumentBuf) -> Message {
        Message {
            body,
            sequences: Vec::new(),
            more_to_come: false,
        }
    }

    #[test]
    fn a_write_outside_a_transaction_may_carry_a_number() {
        let message = message(rawdoc! { "insert": "c", "$db": "d", "txnNumber": 3_i64 });
        let command = Command::parse(&message).unwrap();
        assert_eq!(
            (command.name, command.namespace().as_str()),
            ("insert", "d.c")
        );
        assert_eq!(command.transaction, None);
    }

    #[test]
    fn autocommit_off_makes_a_transaction() {
        let body = rawdoc! {
            "find": "c", "$db": "d", "txnNumber": 3_i64, "startTransaction": true, "autocommit": false,
        };
        let message = message(body);
        let command = Command::parse(&message).unwrap();
        assert_eq!(
            command.transaction,
            Some(Part {
                number: 3,
                starts: true
            })
        );
    }

    #[test]
    fn an_empty_body_is_refused() {
        assert_eq!(
            Command::parse(&message(rawdoc! {})).unwrap_err().code,
            codes::BAD_VALUE
        );
    }
}
