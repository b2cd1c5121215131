//! The part of a write's reply that names the documents it could not write.

use bson::raw::RawDocument;
use bson::{Bson, Document, RawDocumentBuf};

use super::request::Command;
use super::service::encode;
use crate::engine::{EngineError, Outcome};
use crate::fault::{CommandError, During, codes, duplicate_key_message};

/// Gives the reply with MongoDB's numbers and words in place of the engine's.
///
/// A conflict with another writer fails the whole command, because that is what tells a driver,
/// or us, to try again.
pub(crate) fn translate(
    outcome: Outcome,
    command: &Command<'_>,
    during: During,
) -> Result<RawDocumentBuf, CommandError> {
    if outcome.success {
        return Ok(outcome.document);
    }
    let mut reply = owned(&outcome.document, during)?;
    let errors = reply.get_array_mut("writeErrors").into_iter().flatten();
    for error in errors.filter_map(Bson::as_document_mut) {
        let conflict = translate_one(error, &command.namespace());
        if let Some(conflict) = conflict {
            return Err(if during == During::Command {
                conflict
            } else {
                conflict.transient()
            });
        }
    }
    Ok(encode(&reply))
}

fn owned(document: &RawDocument, during: During) -> Result<Document, CommandError> {
    Document::try_from(document)
        .map_err(|error| CommandError::of_engine(EngineError::from(error), during))
}

fn translate_one(error: &mut Document, namespace: &str) -> Option<CommandError> {
    let packed = error.get_i32("code").unwrap_or_default();
    let code = codes::of_sqlstate(&codes::unpack_sqlstate(packed));
    let message = error.get_str("errmsg").unwrap_or_default().to_owned();
    if code == codes::WRITE_CONFLICT {
        return Some(CommandError::new(code, message));
    }
    if code == codes::DUPLICATE_KEY {
        error.insert("errmsg", duplicate_key_message(namespace, &message));
    }
    error.insert("code", code.number);
    None
}

#[cfg(test)]
mod tests {
    use bson::{doc, rawdoc};

    use super::*;
    use crate::wire::Message;

    fn translated(packed: i32, during: During) -> Result<Document, CommandError> {
        let error = rawdoc! { "index": 1, "code": packed, "errmsg": "Index '_id_'" };
        let document = rawdoc! { "ok": 1, "n": 1, "writeErrors": [error] };
        let body = rawdoc! { "insert": "c", "$db": "d" };
        let message = Message {
            body,
            sequences: Vec::new(),
            more_to_come: false,
        };
        let command = Command::parse(&message).unwrap();
        let reply = translate(
            Outcome {
                document,
                success: false,
            },
            &command,
            during,
        )?;
        Ok(Document::try_from(&*reply).unwrap())
    }

    #[test]
    fn a_duplicate_keeps_its_index_and_gets_its_number() {
        let reply = translated(319_029_277, During::Command).unwrap();
        let message = "E11000 duplicate key error collection: d.c index: _id_ dup key";
        let expected = doc! { "index": 1, "code": 11000, "errmsg": message };
        assert_eq!(reply.get_array("writeErrors").unwrap(), &[expected.into()]);
    }

    #[test]
    fn a_conflict_fails_the_command() {
        // 40001, six bits a character.
        let packed = 4 | 1 << 24;
        let error = translated(packed, During::Transaction).unwrap_err();
        assert_eq!(error.code.number, 112);
        assert!(error.to_document().contains_key("errorLabels"));
        let alone = translated(packed, During::Command).unwrap_err();
        assert!(!alone.to_document().contains_key("errorLabels"));
    }
}
