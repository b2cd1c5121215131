//! What a request must be before it becomes a task.

use domain::kind::{Catalogue, FieldError};
use domain::task::{LONGEST_TAG, MOST_TAGS};
use domain::text::is_plain;
use time::OffsetDateTime;
use webhooks::Guard;

use super::{SubmitTaskError, TaskRequest};

/// Largest input, in bytes of JSON. It is stored with the task and read with every claim.
pub const MOST_INPUT: usize = 32 * 1024;

/// Checks everything that the caller can mend, and names every field at fault at once.
pub(super) fn request(
    catalogue: &Catalogue,
    guard: &Guard,
    request: &TaskRequest,
    now: OffsetDateTime,
) -> Result<(), SubmitTaskError> {
    let Some(kind) = catalogue.get(&request.kind) else {
        return Err(SubmitTaskError::UnknownKind {
            kind: request.kind.clone(),
            known: catalogue.names().collect(),
        });
    };
    let bytes = request.input.to_string().len();
    if bytes > MOST_INPUT {
        return Err(SubmitTaskError::InputTooLarge { bytes });
    }
    let mut errors: Vec<FieldError> = kind.validate(&request.input).err().unwrap_or_default();
    for error in &mut errors {
        error.field = inside_input(&error.field);
    }
    errors.extend(tags(&request.tags));
    errors.extend(request.terms.check(now, guard));
    if errors.is_empty() {
        Ok(())
    } else {
        Err(SubmitTaskError::Invalid(errors))
    }
}

fn inside_input(field: &str) -> String {
    if field.is_empty() {
        "input".into()
    } else {
        format!("input.{field}")
    }
}

fn tags(tags: &[String]) -> Vec<FieldError> {
    if tags.len() > MOST_TAGS {
        let message = format!("a task carries at most {MOST_TAGS} tags");
        return vec![FieldError::new("tags", message)];
    }
    let wrong = tags.iter().enumerate().filter(|(_, tag)| !is_tag(tag));
    wrong
        .map(|(index, _)| {
            let message = format!(
                "a tag is 1 to {LONGEST_TAG} bytes of text without '#' and control characters"
            );
            FieldError::new(format!("tags[{index}]"), message)
        })
        .collect()
}

/// `#` separates the parts of a topic's key.
fn is_tag(tag: &str) -> bool {
    is_plain(tag, LONGEST_TAG) && !tag.contains('#')
}
