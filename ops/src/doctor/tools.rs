//! The programs that `make dev` needs, as local/stack/tools.py asks for them.

use futures::future::join_all;

use super::{MACHINE, program};
use crate::check::{Row, State};

/// A program, and how to get it.
struct Tool {
    name: &'static str,
    arguments: &'static [&'static str],
    /// The oldest version that will do, as its first two numbers.
    oldest: (u32, u32),
    install: &'static str,
}

const TOOLS: [Tool; 6] = [
    Tool {
        name: "cargo",
        arguments: &["--version"],
        // rust-toolchain.toml
        oldest: (1, 95),
        install: "install Rust with rustup; rust-toolchain.toml names the version, which rustup then fetches",
    },
    Tool {
        name: "cc",
        arguments: &["--version"],
        oldest: (0, 0),
        install: "`apt-get install build-essential` on Debian, `xcode-select --install` on macOS",
    },
    Tool {
        name: "make",
        arguments: &["--version"],
        oldest: (3, 81),
        install: "`apt-get install make` on Debian, `xcode-select --install` on macOS",
    },
    Tool {
        name: "python3",
        arguments: &["--version"],
        oldest: (3, 10),
        install: "install Python 3.10 or newer, and run make with PYTHON=/path/to/python3",
    },
    Tool {
        name: "node",
        arguments: &["--version"],
        oldest: (20, 0),
        install: "`apt-get install nodejs npm`, or your system's package of Node.js 20 or newer",
    },
    Tool {
        name: "npm",
        arguments: &["--version"],
        oldest: (0, 0),
        install: "`apt-get install npm`; it also comes with Node.js",
    },
];

pub(super) async fn check() -> Vec<Row> {
    let asked = TOOLS.iter().map(async |tool| {
        let said = program::says(tool.name, tool.arguments).await;
        judge(tool, said.as_deref())
    });
    join_all(asked).await
}

fn judge(tool: &Tool, said: Option<&str>) -> Row {
    let Some(said) = said else {
        let row = Row::fail(MACHINE, tool.name, "not found, or it does not start");
        return row.advise(tool.install);
    };
    let (major, minor) = tool.oldest;
    match version(said) {
        Some(found) if found < tool.oldest => {
            let figure = format!("{}.{} is older than {major}.{minor}", found.0, found.1);
            Row::fail(MACHINE, tool.name, figure).advise(tool.install)
        }
        Some((major, minor)) => Row::new(MACHINE, tool.name, State::Ok, format!("{major}.{minor}")),
        None => Row::new(MACHINE, tool.name, State::Ok, "there"),
    }
}

/// The first two numbers of `v20.19.2` or `Python 3.11.2`.
fn version(said: &str) -> Option<(u32, u32)> {
    let words = said
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'));
    let mut versions = words.filter_map(|word| {
        let mut parts = word.split('.').map(str::parse);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    });
    versions.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        assert_eq!(version("cargo 1.95.0 (abc 2026-01-01)"), Some((1, 95)));
        assert_eq!(version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(
            version("cc (Debian 12.2.0-14) 12.2.0\nCopyright"),
            Some((12, 2))
        );
        assert_eq!(version("nothing"), None);
    }

    #[test]
    fn what_is_missing_or_old_can_be_mended() {
        let node = &TOOLS[4];
        assert_eq!(judge(node, Some("v20.1.0")).state, State::Ok);
        let old = judge(node, Some("v18.19.0"));
        assert_eq!(
            (old.state, old.figure.as_str()),
            (State::Fail, "18.19 is older than 20.0")
        );
        assert!(judge(node, None).advice.contains("apt-get install nodejs"));
    }
}
