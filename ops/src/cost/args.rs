//! `ops cost ...`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::load::Load;
use crate::dlq::filter::Age;

/// `ops cost`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cost {
    #[command(subcommand)]
    #[expect(missing_docs, reason = "its own commands have them")]
    pub what: Option<What>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub what_if: WhatIf,
    /// Only tasks that changed last within this time.
    #[arg(long, default_value = "7d", value_name = "AGE")]
    pub within: Age,
    /// Compare the price list with AWS's own and print what to change; takes AWS credentials.
    #[arg(long)]
    pub update_prices: bool,
    /// With --update-prices: write the list with the new prices to this file (shared/cost/src/list.rs).
    #[arg(long, value_name = "FILE", requires = "update_prices")]
    pub write: Option<PathBuf>,
}

impl Cost {
    /// Whether everything that is needed is known here.
    pub fn asks_nobody(&self) -> bool {
        self.what.is_some() || self.what_if.load().is_some()
    }
}

/// What else can be reckoned.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum What {
    /// The system at 1, 10 and 100 times the base load: costs, limits, where a pool pays (docs/scaling.md).
    Model,
}

/// A load instead of what was measured; what is left out is as in the base load.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "What if, instead of what was measured")]
pub struct WhatIf {
    /// Tasks a day [default: 10000].
    #[arg(long)]
    pub tasks_per_day: Option<u32>,
    /// Seconds that a worker has each in hand [default: 3].
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<f64>,
    /// Memory of the worker function, in MB [default: 512].
    #[arg(long, value_parser = clap::value_parser!(u32).range(128..=10_240))]
    pub memory: Option<u32>,
    /// Dashboards that are open all the time [default: 200].
    #[arg(long)]
    pub viewers: Option<u32>,
    /// Calls of the HTTP API a day [default: 100000].
    #[arg(long)]
    pub api_calls_per_day: Option<u32>,
}

fn seconds(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().map_err(|_| "it must be a number")?;
    if (0.001..=900.0).contains(&number) {
        Ok(number)
    } else {
        Err("it must be from 0.001 to 900")
    }
}

impl WhatIf {
    /// The load; none where nothing of it is given.
    pub fn load(&self) -> Option<Load> {
        let or = |given: Option<u32>, base: f64| given.map_or(base, f64::from);
        let base = Load::BASE;
        (*self != Self::default()).then(|| Load {
            tasks_per_day: or(self.tasks_per_day, base.tasks_per_day),
            seconds: self.seconds.unwrap_or(base.seconds),
            memory_mb: or(self.memory, base.memory_mb),
            viewers: or(self.viewers, base.viewers),
            api_calls_per_day: or(self.api_calls_per_day, base.api_calls_per_day),
        })
    }
}
