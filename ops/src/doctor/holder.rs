//! Who listens on a port.

use std::fs;
use std::path::Path;

use super::program;

/// A process that listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    /// Its name and id.
    pub(super) who: String,
    /// The stack that it says it belongs to, where the system tells.
    pub(super) stack: Option<String>,
}

/// Marks the processes of a stack in their environment (local/stack/process.py).
const MARKER: &str = "ADOLOGY_STACK=";

/// Who listens on a port of this machine, where the system tells this user.
pub(super) async fn of(port: u16) -> Option<Holder> {
    if Path::new("/proc/net/tcp").exists() {
        return from_proc(port);
    }
    let at = format!("-iTCP:{port}");
    let said = program::says("lsof", &["-nP", &at, "-sTCP:LISTEN", "-Fcp"]).await?;
    let field = |letter| said.lines().find_map(|line| line.strip_prefix(letter));
    Some(Holder {
        who: format!("{} (process {})", field('c')?, field('p')?),
        stack: None,
    })
}

fn from_proc(port: u16) -> Option<Holder> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let inodes: Vec<_> = tables
        .iter()
        .flatten()
        .flat_map(|table| listening(table, port))
        .collect();
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let mut processes = entries
        .filter(|entry| is_number(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path());
    processes
        .find(|process| holds(process, &inodes))
        .map(|process| describe(&process))
}

/// Processes are named by numbers; `self` would be found before them.
fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// The inodes of sockets that listen on this port. State `0A` is LISTEN.
fn listening(table: &str, port: u16) -> Vec<String> {
    let end = format!(":{port:04X}");
    let rows = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| {
        row.get(1).is_some_and(|local| local.ends_with(&end)) && row.get(3) == Some(&"0A")
    })
    .filter_map(|row| Some(format!("socket:[{}]", row.get(9)?)))
    .collect()
}

fn holds(process: &Path, inodes: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    let mut links = files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok());
    links.any(|link| {
        inodes
            .iter()
            .any(|inode| link.as_os_str() == inode.as_str())
    })
}

fn describe(process: &Path) -> Holder {
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    let id = process.file_name().unwrap_or_default().to_string_lossy();
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    let mut variables = environment
        .split(|byte| *byte == 0)
        .map(String::from_utf8_lossy);
    Holder {
        who: format!("{} (process {id})", name.trim()),
        stack: variables.find_map(|variable| variable.strip_prefix(MARKER).map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_listens_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let holder = of(port).await.unwrap();
        assert!(
            holder.who.contains(&std::process::id().to_string()),
            "{holder:?}"
        );
        drop(listener);
        assert_eq!(of(port).await, None);
    }
}
