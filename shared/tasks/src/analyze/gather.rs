//! Gets the documents to analyse from where they are.

use domain::kind::TaskContext;
use domain::ports::{FoundTexts, Texts, Upload, Uploads};
use domain::upload::MOST_BYTES;
use domain::{Failure, UploadFormat, UploadId};
use serde::Serialize;

use super::input::{AnalyzeInput, Document};
use super::query::QueryInput;
use super::read::{Encoding, Read, Reader};
use crate::stored;

/// Where documents are.
pub(super) struct Sources<'a> {
    pub(super) uploads: &'a dyn Uploads,
    pub(super) texts: &'a dyn Texts,
}

/// The documents of a task, and what there is to say of where they came from.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) documents: Vec<Document>,
    pub(super) origin: Origin,
}

/// Where documents came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub(super) enum Origin {
    /// The task's input itself.
    Documents,
    /// A file.
    Upload {
        format: UploadFormat,
        encoding: Encoding,
        /// Lines that were not what the encoding says, and were read as best they could be.
        mended_lines: u64,
        /// Rows and lines without text, which were left out.
        blank: u64,
    },
    /// The tenant's events.
    Query {
        /// Whether the limit cut older ones off.
        more: bool,
    },
}

impl Sources<'_> {
    /// The input's documents.
    pub(super) async fn gather(
        &self,
        context: &TaskContext,
        input: AnalyzeInput,
    ) -> Result<Gathered, Failure> {
        if let Some(id) = input.upload_id {
            return self.upload(context, id, input).await;
        }
        if let Some(query) = input.query {
            return self.query(context, query).await;
        }
        Ok(Gathered {
            documents: input.documents.unwrap_or_default(),
            origin: Origin::Documents,
        })
    }

    async fn upload(
        &self,
        context: &TaskContext,
        id: UploadId,
        input: AnalyzeInput,
    ) -> Result<Gathered, Failure> {
        let opened = self.uploads.open(&context.tenant, id).await;
        let upload = opened.map_err(|error| stored::failure(&error))?;
        let upload = upload.ok_or_else(|| missing(id))?;
        if upload.bytes > MOST_BYTES {
            let message = format!("The upload holds more than {MOST_BYTES} bytes: split the file.");
            return Err(Failure::permanent("upload_too_large", message));
        }
        let format = input
            .format
            .or_else(|| UploadFormat::of_content_type(&upload.content_type));
        let format = format.ok_or_else(unknown_format)?;
        let reader = Reader::new(format, input.text_column, input.id_column);
        let Read {
            documents,
            encoding,
            mended_lines,
            blank,
        } = read(context, upload, reader).await?;
        let origin = Origin::Upload {
            format,
            encoding,
            mended_lines,
            blank,
        };
        Ok(Gathered { documents, origin })
    }

    async fn query(&self, context: &TaskContext, query: QueryInput) -> Result<Gathered, Failure> {
        context.report(0, "looking for texts");
        let found = self.texts.find(&context.tenant, &query.into_query()).await;
        let FoundTexts { texts, more } = found.map_err(|error| stored::failure(&error))?;
        let documents = texts.into_iter().map(|found| Document {
            id: found.id,
            text: found.text,
        });
        Ok(Gathered {
            documents: documents.collect(),
            origin: Origin::Query { more },
        })
    }
}

async fn read(
    context: &TaskContext,
    mut upload: Upload,
    mut reader: Reader,
) -> Result<Read, Failure> {
    let mut bytes = 0;
    loop {
        let chunk = upload.chunks.next().await;
        let Some(chunk) = chunk.map_err(|error| stored::failure(&error))? else {
            return Ok(reader.finish()?);
        };
        bytes += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        reader.push(&chunk)?;
        let percent = bytes.saturating_mul(10) / upload.bytes.max(1);
        let message = format!("{} documents read", reader.count());
        context.report(u8::try_from(percent).unwrap_or(10).min(10), message);
        // Where all bytes are here already, this is where a cancelled task stops.
        tokio::task::yield_now().await;
    }
}

fn missing(id: UploadId) -> Failure {
    let message = format!(
        "There is no upload {id}. Uploads are kept for a week; the file has to be posted before the task is submitted."
    );
    Failure::permanent("upload_not_found", message)
}

fn unknown_format() -> Failure {
    let message = "The upload's type tells no format: give csv, jsonl or txt as format.";
    Failure::permanent("upload_format_unknown", message)
}
