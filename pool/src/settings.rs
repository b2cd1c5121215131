//! What a pool has to be told, beside what every worker has to.

use std::time::Duration;

use boot::settings::Reader;

use crate::probe;

/// How it runs.
pub(crate) struct Settings {
    /// Where everything is that a worker works with.
    pub(crate) worker: worker::Settings,
    /// The table of the heartbeats.
    pub(crate) pool_table: String,
    /// Normal tasks at the same time.
    pub(crate) at_once: usize,
    /// Urgent tasks at the same time. They have places of their own, as they have workers of their own
    /// on Lambda: they never wait for normal ones, nor the other way round.
    pub(crate) urgent_at_once: usize,
    /// How long tasks may go on after the process was asked to end; those that last longer are given
    /// back. What stops the process must wait some seconds longer than that before it kills.
    pub(crate) drain: Duration,
    /// The port where health is told; 0 for none.
    pub(crate) health_port: u16,
    /// Whether health is told on every interface, and not on the loopback one only.
    pub(crate) health_everywhere: bool,
}

impl Settings {
    /// Reads them from the environment.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let everywhere = [("loopback", false), ("all", true)];
        Self {
            worker: worker::Settings::read(reader),
            pool_table: reader.text("POOL_TABLE"),
            at_once: count(reader.count("POOL_CONCURRENCY", 16, 1..=1_000)),
            urgent_at_once: count(reader.count("POOL_URGENT_CONCURRENCY", 4, 1..=1_000)),
            drain: Duration::from_secs(reader.count("POOL_DRAIN_SECONDS", 90, 0..=3_600).into()),
            health_port: probe::port(reader),
            health_everywhere: reader
                .choice("POOL_HEALTH_INTERFACE", &everywhere)
                .unwrap_or_default(),
        }
    }
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
