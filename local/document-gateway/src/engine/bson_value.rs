//! Carries BSON bytes to and from the extension's types without converting them.

use std::error::Error;

use bson::RawDocumentBuf;
use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

/// The bytes of a `bson` document or of a `bsonsequence` of documents.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

/// A document from a column.
#[derive(Debug)]
pub(crate) struct Owned(pub(crate) RawDocumentBuf);

fn is_bson(column: &Type) -> bool {
    matches!(column.name(), "bson" | "bsonsequence")
}

impl ToSql for Bytes<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0);
        Ok(IsNull::No)
    }

    fn accepts(column: &Type) -> bool {
        is_bson(column)
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Owned {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(RawDocumentBuf::from_bytes(raw.to_vec())?))
    }

    fn accepts(column: &Type) -> bool {
        is_bson(column)
    }
}
