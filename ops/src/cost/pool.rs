//! Where a pool of machines pays.
//!
//! A machine is a c7g.medium with 20 GB of disk. It holds as many tasks at once as Lambda would run with its processor
//! and its memory: Lambda gives a function one processor for each 1,769 MB
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>).

use cost::list_price;
use serde::Serialize;

use super::load::{DAYS, HOURS, Load, PROFILE};

const GB_SECOND: f64 = list_price("lambda.gb_second.arm64");

/// What one machine costs a month.
pub const MACHINE: f64 = list_price("ec2.c7g_medium") * HOURS + 20.0 * list_price("ebs.gb_month");

/// Its memory that is left for tasks, in MB: 2,048 less the system's.
const MEMORY_MB: f64 = 1_792.0;

/// Its processors, in the memory that Lambda would sell with them.
const PROCESSOR_MB: f64 = 1_769.0;

/// How full machines are kept, so that tasks do not wait for each other.
const FULL: f64 = 0.8;

/// Most machines that are tried.
const MOST: u32 = 1_000;

/// Tasks of so much memory that one machine runs at once.
pub fn places(memory_mb: f64) -> f64 {
    (PROCESSOR_MB.min(MEMORY_MB) / memory_mb).max(f64::MIN_POSITIVE)
}

/// Where one machine costs what Lambda would.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BreakEven {
    /// How busy it has to be, of one.
    pub busy: f64,
    /// Tasks a day, spread evenly.
    pub tasks_per_day: f64,
    /// What a task's time costs on Lambda, in dollars.
    pub lambda_usd_per_task: f64,
    /// What a full machine's time costs for it, in dollars.
    pub pool_usd_per_task: f64,
}

/// Reckons it for the tasks of a load.
pub fn break_even(load: &Load) -> BreakEven {
    let places = places(load.memory_mb);
    let per_task = load.seconds * load.memory_mb / 1_024.0 * GB_SECOND;
    let full = places / load.seconds * 86_400.0 * DAYS;
    let busy = MACHINE / (full * per_task);
    BreakEven {
        busy,
        tasks_per_day: busy * full / DAYS,
        lambda_usd_per_task: per_task,
        pool_usd_per_task: MACHINE / full,
    }
}

/// The cheapest number of machines, none where Lambda alone is cheapest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cheapest {
    /// How many.
    pub machines: u32,
    /// The share of the work that they take, of one.
    pub share: f64,
    /// What workers cost a month with them, Lambda's overflow included, in dollars.
    pub workers_usd: f64,
}

/// Tries all: machines take what they have room for in each hour of the day, Lambda the rest.
pub fn cheapest(load: &Load) -> Cheapest {
    let mean = PROFILE.iter().sum::<f64>() / 24.0;
    let hours = PROFILE.map(|hour| load.tasks_at_once() * hour / mean);
    let work: f64 = hours.iter().sum();
    let of = |machines: u32| {
        let room = f64::from(machines) * places(load.memory_mb) * FULL;
        let taken: f64 = hours.iter().map(|tasks| tasks.min(room)).sum();
        let lambda = (work - taken) * 3_600.0 * DAYS * load.memory_mb / 1_024.0 * GB_SECOND;
        Cheapest {
            machines,
            share: if work > 0.0 { taken / work } else { 0.0 },
            workers_usd: f64::from(machines) * MACHINE + lambda,
        }
    };
    let tried = (1..=MOST).map(of);
    tried.fold(of(0), |best, next| {
        if next.workers_usd < best.workers_usd {
            next
        } else {
            best
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About what others found: EC2 wins above some 44 % of sustained use.
    #[test]
    fn a_machine_has_to_be_half_busy() {
        let even = break_even(&Load::BASE);
        assert!((0.4..0.5).contains(&even.busy), "{even:?}");
        // At that many tasks both cost the same.
        let lambda = even.tasks_per_day * DAYS * even.lambda_usd_per_task;
        assert!((lambda - MACHINE).abs() < 1e-6, "{lambda}");
        assert!(even.pool_usd_per_task < even.lambda_usd_per_task);
    }

    #[test]
    fn a_pool_pays_only_for_much_work() {
        assert_eq!(cheapest(&Load::BASE).machines, 0);
        let much = Load::BASE.times(100.0);
        let pool = cheapest(&much);
        assert!(
            pool.machines > 1 && pool.share > 0.5 && pool.share <= 1.0,
            "{pool:?}"
        );
        let lambda = crate::cost::estimate::worker_gb_seconds(&much) * GB_SECOND;
        assert!(pool.workers_usd < lambda);
    }

    /// What the pool leaves is what Lambda runs: with no machine, all of it.
    #[test]
    fn no_machine_is_lambda_alone() {
        let lambda = crate::cost::estimate::worker_gb_seconds(&Load::BASE) * GB_SECOND;
        assert!((cheapest(&Load::BASE).workers_usd - lambda).abs() < 1e-9);
    }
}
