//! How much of a table a task takes, as far as that can be told before it is written.

use super::{Task, TaskResult};

/// Names, ids, moments, tags: what a task has beside the parts that grow. In bytes.
const FRAME: usize = 900;

/// One change in the history, without its words. In bytes.
const UPDATE: usize = 130;

/// What a write unit of a table takes, in bytes, and a read unit
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).
const WRITE_UNIT: usize = 1_024;
const READ_UNIT: usize = 4_096;

impl Task {
    /// The units that writing it takes, about.
    pub fn write_units(&self) -> u64 {
        units(self.bytes(), WRITE_UNIT)
    }

    /// The units that a consistent read of it takes, about.
    pub fn read_units(&self) -> u64 {
        units(self.bytes(), READ_UNIT)
    }

    /// The size of its parts as text, about.
    fn bytes(&self) -> usize {
        let result = match self.state.result() {
            Some(TaskResult::Inline { value }) => value.to_string().len(),
            Some(TaskResult::Stored { key, .. }) => key.len(),
            None => 0,
        };
        let words = self.updates.iter().map(|update| {
            let progress = update.progress.as_ref().map_or(0, |p| p.message.len() + 30);
            let error = update.error.as_ref();
            UPDATE + progress + error.map_or(0, |e| e.code.len() + e.message.len() + 30)
        });
        FRAME + self.input.to_string().len() + result + words.sum::<usize>()
    }
}

fn units(bytes: usize, unit: usize) -> u64 {
    u64::try_from(bytes.div_ceil(unit)).unwrap_or(u64::MAX)
}
