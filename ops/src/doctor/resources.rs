//! Room on the disk and in memory.

use std::fs;
use std::path::Path;

use super::{MACHINE, program};
use crate::check::{Row, State};
use crate::size;

const GB: i64 = 1_000_000_000;
/// The build folder takes some six gigabytes, the document engine two, and both grow.
const DISK: (i64, i64) = (10 * GB, 3 * GB);
/// Linking a function takes up to a gigabyte, two at once, and the running stack half of one.
const MEMORY: (i64, i64) = (2 * GB, GB / 2);

pub(super) async fn check(root: &Path) -> Vec<Row> {
    let folder = root.to_string_lossy();
    let disk = program::says("df", &["-Pk", &folder]).await;
    let memory = fs::read_to_string("/proc/meminfo").ok();
    let disk = disk.and_then(|said| free_disk(&said));
    let memory = memory.and_then(|said| free_memory(&said));
    vec![
        judge("disk", disk, DISK).advise(
            "make room: `cargo clean`, or `make clean-local` for the stack's data and downloads",
        ),
        judge("memory", memory, MEMORY)
            .advise("close what takes it; building with `CARGO_BUILD_JOBS=1` needs less"),
    ]
}

/// `(warn, fail)`: less than that is too little.
fn judge(item: &'static str, free: Option<i64>, (warn, fail): (i64, i64)) -> Row {
    let Some(free) = free else {
        return Row::not_applicable(MACHINE, item, "this system does not tell how much is free");
    };
    let state = match free {
        free if free < fail => State::Fail,
        free if free < warn => State::Warn,
        _ => State::Ok,
    };
    Row::new(MACHINE, item, state, format!("{} free", size::of(free)))
}

/// The fourth column of `df -Pk`, in 1,024-byte blocks.
fn free_disk(said: &str) -> Option<i64> {
    let blocks = said.lines().nth(1)?.split_whitespace().nth(3)?;
    blocks.parse::<i64>().ok()?.checked_mul(1_024)
}

fn free_memory(said: &str) -> Option<i64> {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let blocks = line.split_whitespace().next()?;
    blocks.parse::<i64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_read_and_judged() {
        let df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 9 1 4882812 2% /\n";
        assert_eq!(free_disk(df), Some(4_999_999_488));
        let meminfo = "MemTotal: 8000000 kB\nMemAvailable:  976562 kB\n";
        assert_eq!(free_memory(meminfo), Some(999_999_488));
        assert_eq!(judge("disk", free_disk(df), DISK).state, State::Warn);
        assert_eq!(
            judge("memory", free_memory(meminfo), MEMORY).figure,
            "1000 MB free"
        );
        assert_eq!(judge("disk", Some(GB), DISK).state, State::Fail);
        assert_eq!(judge("disk", None, DISK).state, State::NotApplicable);
    }
}
