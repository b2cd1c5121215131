//! How many files and sockets a process may have open.

use super::{MACHINE, program};
use crate::check::{Row, State};

/// `make` raises its own limit as far as it may: the storms of the tests open thousands of sockets on either side.
const WANTED: u64 = 8_192;
/// With fewer not even the databases and the emulator start together.
const LEAST: u64 = 1_024;

pub(super) async fn check() -> Row {
    let said = program::says("sh", &["-c", "ulimit -Hn"]).await;
    judge(said.as_deref().map(str::trim))
}

fn judge(said: Option<&str>) -> Row {
    let item = "open files";
    let most = match said {
        Some("unlimited") => u64::MAX,
        said => match said.and_then(|said| said.parse().ok()) {
            Some(most) => most,
            None => {
                return Row::not_applicable(MACHINE, item, "this system does not tell its limit");
            }
        },
    };
    let state = match most {
        most if most < LEAST => State::Fail,
        most if most < WANTED => State::Warn,
        _ => State::Ok,
    };
    let figure = match most {
        u64::MAX => "no limit".to_owned(),
        most => format!("at most {most}"),
    };
    Row::new(MACHINE, item, state, figure).advise(
        "raise the hard limit of open files (`nofile` in /etc/security/limits.conf), and sign in again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_too_few() {
        let state = |said| judge(Some(said)).state;
        assert_eq!(["unlimited", "8192"].map(state), [State::Ok; 2]);
        assert_eq!(["4096", "256"].map(state), [State::Warn, State::Fail]);
        assert_eq!(judge(None).state, State::NotApplicable);
    }
}
