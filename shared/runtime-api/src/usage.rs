//! What a process has used, as Linux tells.

use std::time::Duration;

/// Clock ticks are hundredths of a second to every program on Linux (`man 7 time`, `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// In its own code and in the system's.
    pub processor: Duration,
    /// Its largest resident size, in bytes.
    pub resident: u64,
}

/// What this process has used; nothing where there is no `/proc` or no such process.
pub fn usage(id: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    Some(Usage {
        processor: processor(&stat)?,
        resident: resident(&status)?,
    })
}

/// The fields 14 and 15 (`man 5 proc_pid_stat`); the second one, a name, may itself hold spaces.
fn processor(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * (user + system))
}

fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 12 3 0 0 20 0 9 0 1 2 3";
        assert_eq!(processor(stat), Some(Duration::from_millis(150)));
    }

    #[test]
    fn the_largest_size_is_read_in_bytes() {
        let status = "Name:\tapi\nVmPeak:\t  999 kB\nVmHWM:\t   18432 kB\nVmRSS:\t 10 kB\n";
        assert_eq!(resident(status), Some(18_432 * 1024));
    }

    #[test]
    fn a_process_that_is_gone_has_none() {
        assert!(usage(u32::MAX).is_none());
    }
}
