//! One letter by its id.

use domain::dead_letters::Letter;
use domain::ports::PortError;

use super::filter::Filter;
use super::triage::Triage;

/// Letters looked at in each queue: all that a person could mean.
const MOST: usize = 120_000;

/// The letter is not found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is none.
    #[error(
        "no dead letter has an id that begins with {0:?}, or somebody else has it in hand for a moment; `ops dlq list --each` \
         shows the ids"
    )]
    Unknown(String),
    /// There are several.
    #[error("{count} dead letters have an id that begins with {id:?}; give more of it")]
    Ambiguous {
        /// What was asked for.
        id: String,
        /// How many.
        count: usize,
    },
    /// A queue or a table did not answer.
    #[error("{}", domain::causes(.0))]
    Port(#[from] PortError),
}

/// The only letter with this id, or with this beginning of an id. It stays in hand.
pub async fn find(triage: &Triage, id: &str) -> Result<Letter, FindError> {
    let filter = Filter {
        ids: vec![id.to_owned()],
        ..Filter::default()
    };
    let (mut found, _) = triage.all(&filter, MOST).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(FindError::Unknown(id.into())),
        count => Err(FindError::Ambiguous {
            id: id.into(),
            count,
        }),
    }
}
