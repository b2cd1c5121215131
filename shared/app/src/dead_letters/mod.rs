//! Dead letters: a look that changes nothing, and sending them on their way again.
//!
//! | file | what |
//! |---|---|
//! | `hand` | takes letters up and puts them back: reading loses none |
//! | `examine` | what a letter is about, and how its task stands |
//! | `redrive_letter` | one letter on its way |
//! | `look`, `redrive` | what the operators' page asks for: some letters, all letters or those of some tasks |

mod examine;
mod hand;
mod look;
mod redrive;
mod redrive_letter;
#[cfg(test)]
mod tests;

pub use examine::examine;
pub use hand::Hand;
pub use look::{LARGEST_LOOK, LookAtDeadLetters, LookError, USUAL_LOOK};
pub use redrive::{MOST_NAMED, RedriveDeadLetters, RedriveError, Redriven};
pub use redrive_letter::{NotSent, RedriveLetter, Sent};

use time::Duration;

/// How long the page's letters are in hand: longer than API Gateway waits for an answer, 29 seconds.
const IN_HAND: Duration = Duration::seconds(30);
