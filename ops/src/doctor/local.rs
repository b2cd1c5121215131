//! What `make` has left under `.local`: settings, records of processes, the lock.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use serde_json::Value;

use super::MACHINE;
use crate::check::{Row, State};

pub(super) fn check(root: &Path) -> Vec<Row> {
    let home = root.join(".local");
    vec![
        settings(&home),
        records(&home.join("run")),
        lock(&home.join("lock")),
    ]
}

fn settings(home: &Path) -> Row {
    let item = "stack.env";
    if home.join(item).is_file() {
        return Row::new(MACHINE, item, State::Ok, "there");
    }
    Row::new(
        MACHINE,
        item,
        State::Warn,
        "no local stack has come up here yet",
    )
    .advise("`make up` brings it up and writes the file; .local/logs says why it does not")
}

/// Processes that were started and have ended without `make` ending them.
fn records(folder: &Path) -> Row {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let records = files.filter_map(|file| {
        let text = fs::read_to_string(file.path()).ok()?;
        let record: Value = serde_json::from_str(&text).ok()?;
        let name = file.path().file_stem()?.to_string_lossy().into_owned();
        Some((name, record["pid"].as_u64()?))
    });
    let (running, mut ended): (Vec<_>, Vec<_>) = records.partition(|(_, id)| is_alive(*id));
    ended.sort();
    judge_records(running.len(), &ended)
}

fn judge_records(running: usize, ended: &[(String, u64)]) -> Row {
    let item = "processes";
    if ended.is_empty() {
        return Row::new(MACHINE, item, State::Ok, format!("{running} running"));
    }
    let names: Vec<_> = ended.iter().map(|(name, _)| name.as_str()).collect();
    let figure = format!(
        "{running} running, ended by themselves: {}",
        names.join(", ")
    );
    Row::fail(MACHINE, item, figure).advise(format!(
        "its last words are in .local/logs/{}.log; `make up` starts it again",
        names[0]
    ))
}

fn is_alive(id: u64) -> bool {
    let process = Path::new("/proc").join(id.to_string());
    // Elsewhere nobody can tell so cheaply, and a record is believed.
    process.exists() || !Path::new("/proc/self").exists()
}

/// The system frees the lock however its holder ends: a lock that is held means that somebody is at work.
fn lock(file: &Path) -> Row {
    let item = "lock";
    match File::open(file).map(|file| file.try_lock()) {
        Err(_) => Row::new(MACHINE, item, State::Ok, "never taken"),
        Ok(Ok(())) => Row::new(MACHINE, item, State::Ok, "free"),
        Ok(Err(TryLockError::WouldBlock)) => Row::new(
            MACHINE,
            item,
            State::Warn,
            "another make of this checkout is at work",
        )
        .advise("wait for it, or end it; `fuser .local/lock` names it. Others wait meanwhile"),
        Ok(Err(TryLockError::Error(error))) => {
            Row::not_applicable(MACHINE, item, format!("cannot be looked at: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_ended_are_named() {
        assert_eq!(judge_records(5, &[]).figure, "5 running");
        let row = judge_records(4, &[("emulator".into(), 1)]);
        assert_eq!(row.state, State::Fail);
        assert!(row.figure.contains("emulator") && row.advice.contains("emulator.log"));
        assert!(is_alive(std::process::id().into()));
    }

    #[test]
    fn a_lock_that_is_held_is_told_from_one_that_is_free() {
        let path = std::env::temp_dir().join(format!("ops-lock-{}", std::process::id()));
        assert_eq!(lock(&path).figure, "never taken");
        let held = File::create(&path).unwrap();
        assert_eq!(lock(&path).figure, "free");
        held.lock().unwrap();
        assert_eq!(lock(&path).state, State::Warn);
        drop(held);
        assert_eq!(lock(&path).figure, "free");
        fs::remove_file(&path).unwrap();
    }
}
