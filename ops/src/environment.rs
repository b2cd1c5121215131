//! Which deployment is meant, as variables: those of the command line, or those of the local stack's file.
//!
//! The AWS SDK reads its profile, region, endpoint and credentials from the environment, and a program cannot safely
//! change its own. So a run that lacks variables is replaced by the same one with them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use clap::Args;

/// Where `make up` writes what talking to the local stack takes.
const LOCAL: &str = ".local/stack.env";

/// Each of these names a deployment.
const NAMES: [&str; 3] = ["STACK_NAME", "ADOLOGY_HTTP_URL", "AWS_ENDPOINT_URL"];

/// Which deployment is meant.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which deployment")]
pub struct Meant {
    /// The CloudFormation stack [variable: `STACK_NAME`].
    #[arg(long, global = true, value_name = "NAME")]
    pub stack: Option<String>,
    /// Its AWS region [variable: `AWS_REGION`].
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// The profile of the AWS credentials [variable: `AWS_PROFILE`].
    #[arg(long, global = true)]
    pub profile: Option<String>,
}

/// The variables that this run needs and does not have.
///
/// # Errors
///
/// The local stack's file is there and cannot be read.
pub fn lacking(meant: &Meant) -> io::Result<BTreeMap<String, String>> {
    let present = |name: &str| std::env::var(name).ok();
    let local = local_file(&std::env::current_dir()?)?;
    Ok(needed(meant, present, local.as_deref()))
}

/// Replaces this process by the same command with these variables. It returns only where that fails.
pub fn again_with(variables: BTreeMap<String, String>) -> io::Error {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    Command::new(program)
        .args(std::env::args_os().skip(1))
        .envs(variables)
        .exec()
}

fn needed(
    meant: &Meant,
    present: impl Fn(&str) -> Option<String>,
    local: Option<&str>,
) -> BTreeMap<String, String> {
    let told = [
        ("STACK_NAME", &meant.stack),
        ("AWS_REGION", &meant.region),
        ("AWS_PROFILE", &meant.profile),
    ];
    let told = told.map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    let mut needed: BTreeMap<_, _> = told.into_iter().flatten().collect();
    let named = |name: &&str| present(name).is_some_and(|value| !value.is_empty());
    if meant.stack.is_none() && !NAMES.iter().any(named) {
        for (name, value) in local.into_iter().flat_map(variables) {
            needed.entry(name).or_insert(value);
        }
    }
    needed.retain(|name, value| present(name).as_deref() != Some(value));
    needed
}

/// The file of this folder, or of the nearest one above that has it.
fn local_file(folder: &Path) -> io::Result<Option<String>> {
    let mut files = folder.ancestors().map(|folder| folder.join(LOCAL));
    let file = files.find(|file| file.is_file());
    file.map(fs::read_to_string).transpose()
}

/// `KEY=value` lines; blank lines and comments are skipped.
fn variables(file: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# local\nSTACK_NAME=adology-dev\nAWS_REGION=us-east-1\nUPDATES_QUEUE_URL=\n\nURL=http://h/?a=b\n";

    fn of(meant: &Meant, present: &[(&str, &str)], local: Option<&str>) -> Vec<(String, String)> {
        let find = |name: &str| {
            let mut all = present.iter();
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        needed(meant, find, local).into_iter().collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_local_stack_is_meant_where_nothing_else_is_named() {
        let local = [
            pair("AWS_REGION", "us-east-1"),
            pair("STACK_NAME", "adology-dev"),
            pair("URL", "http://h/?a=b"),
        ];
        assert_eq!(of(&Meant::default(), &[], Some(FILE)), local);
        let empty = &[("ADOLOGY_HTTP_URL", "")];
        assert_eq!(of(&Meant::default(), empty, Some(FILE)), local);
        for name in NAMES {
            assert_eq!(of(&Meant::default(), &[(name, "x")], Some(FILE)), []);
        }
        assert_eq!(of(&Meant::default(), &[], None), []);
    }

    #[test]
    fn the_command_line_goes_before_the_environment() {
        let meant = Meant {
            stack: Some("live".into()),
            region: Some("eu-north-1".into()),
            profile: None,
        };
        let present = &[("STACK_NAME", "live"), ("AWS_REGION", "us-east-1")];
        let region = [pair("AWS_REGION", "eu-north-1")];
        assert_eq!(of(&meant, present, Some(FILE)), region);
        // Once it has them, it goes on.
        let present = &[("STACK_NAME", "live"), ("AWS_REGION", "eu-north-1")];
        assert_eq!(of(&meant, present, Some(FILE)), []);
    }
}
