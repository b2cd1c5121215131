//! The ports that the local stack takes, as local/stack/settings.py chooses them.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use futures::future::join_all;

use super::MACHINE;
use super::holder::{self, Holder};
use crate::check::{Row, State};

const DEFAULT_BASE: u16 = 4560;
/// Each with the variable that changes it, the distance from the base, and its use.
const PORTS: [(&str, u16, &str); 5] = [
    ("ADOLOGY_WEB_PORT", 0, "the dashboard"),
    ("ADOLOGY_POSTGRES_PORT", 1, "PostgreSQL"),
    ("ADOLOGY_MONGO_PORT", 2, "MongoDB"),
    ("ADOLOGY_ENGINE_PORT", 3, "the document engine"),
    ("ADOLOGY_AWS_PORT", 6, "the AWS emulator"),
];

pub(super) async fn check(root: &Path) -> Vec<Row> {
    let file = fs::read_to_string(root.join(".env")).unwrap_or_default();
    let settings = settings(&file, |name| std::env::var(name).ok());
    let home = root.join(".local");
    let looked_at = PORTS.iter().map(async |(variable, distance, purpose)| {
        let port = number(&settings, variable)
            .or_else(|| number(&settings, "ADOLOGY_PORT_BASE")?.checked_add(*distance))
            .unwrap_or(DEFAULT_BASE + distance);
        let holder = holder::of(port).await;
        judge(
            port,
            (variable, purpose),
            is_free(port),
            holder.as_ref(),
            &home,
        )
    });
    join_all(looked_at).await
}

/// The file's `KEY=value` lines; the environment goes before them.
fn settings(file: &str, present: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let pairs = file.lines().filter_map(|line| line.split_once('='));
    let mut settings: BTreeMap<_, _> = pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let names = PORTS
        .iter()
        .map(|(name, ..)| *name)
        .chain(["ADOLOGY_PORT_BASE"]);
    settings.extend(names.filter_map(|name| Some((name.to_owned(), present(name)?))));
    settings
}

fn number(settings: &BTreeMap<String, String>, name: &str) -> Option<u16> {
    settings.get(name)?.parse().ok()
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn judge(
    port: u16,
    (variable, purpose): (&str, &str),
    free: bool,
    holder: Option<&Holder>,
    home: &Path,
) -> Row {
    let item = format!("port {port}");
    if free {
        return Row::new(MACHINE, item, State::Ok, format!("free, for {purpose}"));
    }
    let who = holder.map_or("somebody whom the system does not name", |holder| {
        &holder.who
    });
    let ours = holder.and_then(|holder| holder.stack.as_deref()) == home.to_str();
    if ours {
        return Row::new(
            MACHINE,
            item,
            State::Ok,
            format!("{purpose} of this stack: {who}"),
        );
    }
    Row::new(MACHINE, item, State::Warn, format!("for {purpose}, taken by {who}")).advise(format!(
        "if that is not the stack's own server: stop it, or set {variable} or ADOLOGY_PORT_BASE in .env"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = "# ports\nADOLOGY_PORT_BASE=5000\nADOLOGY_AWS_PORT = 4566\n";
        let none = settings(file, |_| None);
        assert_eq!(number(&none, "ADOLOGY_PORT_BASE"), Some(5000));
        assert_eq!(number(&none, "ADOLOGY_AWS_PORT"), Some(4566));
        let changed = settings(file, |name| {
            (name == "ADOLOGY_PORT_BASE").then(|| "6000".into())
        });
        assert_eq!(number(&changed, "ADOLOGY_PORT_BASE"), Some(6000));
    }

    #[test]
    fn only_strangers_are_in_the_way() {
        let home = Path::new("/checkout/.local");
        let port = ("ADOLOGY_WEB_PORT", "the dashboard");
        assert_eq!(judge(4560, port, true, None, home).state, State::Ok);
        let held_by = |stack: Option<&str>| {
            let holder = Holder {
                who: "node (process 7)".into(),
                stack: stack.map(str::to_owned),
            };
            judge(4560, port, false, Some(&holder), home)
        };
        assert_eq!(held_by(Some("/checkout/.local")).state, State::Ok);
        let stranger = held_by(Some("/other/.local"));
        assert_eq!(stranger.state, State::Warn);
        assert!(stranger.figure.contains("node (process 7)"));
        assert!(stranger.advice.contains("ADOLOGY_WEB_PORT"));
        assert_eq!(held_by(None).state, State::Warn);
    }
}
