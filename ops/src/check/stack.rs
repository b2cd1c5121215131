//! The stack itself: whether its last deployment went through.

use super::{Row, State};
use crate::site::Site;

const AREA: &str = "stack";

pub(super) fn check(site: &Site) -> Vec<Row> {
    match &site.stack {
        Ok(stack) => {
            let state = judge(&stack.status);
            let figure = match &stack.reason {
                Some(reason) if state != State::Ok => format!("{}: {reason}", stack.status),
                _ => stack.status.clone(),
            };
            let row = Row::new(AREA, "deployment", state, figure);
            vec![row.advise("`ops doctor` names the resource that failed, and why")]
        }
        Err(why) => {
            let row = Row::fail(AREA, "deployment", domain::causes(why));
            vec![row.advise("`ops doctor` looks at credentials, region and the way there")]
        }
    }
}

/// A deployment that was rolled back leaves the one before, which works; one that could not be does not.
fn judge(status: &str) -> State {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => State::Ok,
        status if status.ends_with("_FAILED") || status.starts_with("DELETE") => State::Fail,
        "ROLLBACK_COMPLETE" => State::Fail,
        _ => State::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rolled_back_still_works() {
        assert_eq!(judge("UPDATE_COMPLETE"), State::Ok);
        for status in ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"] {
            assert_eq!(judge(status), State::Warn);
        }
        for status in [
            "ROLLBACK_COMPLETE",
            "UPDATE_ROLLBACK_FAILED",
            "DELETE_COMPLETE",
        ] {
            assert_eq!(judge(status), State::Fail);
        }
    }
}
