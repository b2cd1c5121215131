//! A load three ways, side by side.

use cost::list_price;
use serde::Serialize;

use super::estimate::{Estimate, lambda_first, worker_gb_seconds};
use super::fleet::{COOKBOOK, classic};
use super::load::Load;
use super::pool::{BreakEven, Cheapest, break_even, cheapest};
use super::shown::{count, usd};
use crate::table::{Cell, Look, Shown, Table};

/// A load three ways: with Lambda alone, with a pool, and on the classic fleet. Dollars a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The load.
    pub load: Load,
    /// With Lambda alone.
    pub lambda: Estimate,
    /// What of that is workers' time.
    pub workers_usd: f64,
    /// The cheapest pool.
    pub pool: Cheapest,
    /// With that pool.
    pub with_pool_usd: f64,
    /// On the classic fleet, drawn up again from the price list.
    pub classic_usd: f64,
    /// Where a machine pays.
    pub break_even: BreakEven,
}

impl Comparison {
    /// Reckons a load.
    pub fn of(load: &Load) -> Self {
        let lambda = lambda_first(load);
        let workers_usd = worker_gb_seconds(load) * list_price("lambda.gb_second.arm64");
        let pool = cheapest(load);
        Self {
            load: *load,
            with_pool_usd: lambda.usd - workers_usd + pool.workers_usd,
            workers_usd,
            pool,
            classic_usd: classic(load),
            break_even: break_even(load),
            lambda,
        }
    }
}

impl Shown for Comparison {
    fn text(&self, look: Look) -> String {
        let mut lines = Table::new(&["service", "for", "$ a month"]);
        for line in &self.lambda.lines {
            lines.push([
                line.service.into(),
                line.what.into(),
                Cell::number(usd(line.usd)),
            ]);
        }
        let mut ways = Table::new(&["", "$ a month"]);
        let mut way =
            |what: String, amount: f64| ways.push([what.into(), Cell::number(usd(amount))]);
        way("Lambda alone".into(), self.lambda.usd);
        let (machines, share) = (self.pool.machines, 100.0 * self.pool.share);
        let pool = match machines {
            0 => "with a pool: none pays at this load".into(),
            _ => format!("with a pool of {machines}, which take {share:.0} % of the work"),
        };
        way(pool, self.with_pool_usd);
        let cookbook = format!("{:.0} to {:.0}", COOKBOOK.0, COOKBOOK.1);
        way(
            format!("the classic fleet on EC2 (its cookbook says {cookbook} for the base load)"),
            self.classic_usd,
        );
        let even = &self.break_even;
        format!(
            "{}\n\n{}\n\nA machine of the pool pays once it is {:.0} % busy: from {} such tasks a day that come evenly.",
            lines.draw(look),
            ways.draw(look),
            100.0 * even.busy,
            count(even.tasks_per_day)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_load_is_drawn() {
        insta::assert_snapshot!(Comparison::of(&Load::BASE).text(Look::PLAIN));
    }

    /// What makes a machine full for hours.
    #[test]
    fn much_work_is_cheaper_with_a_pool_and_never_dearer() {
        for factor in [0.1, 1.0, 3.0, 10.0, 30.0, 100.0] {
            let compared = Comparison::of(&Load::BASE.times(factor));
            assert!(
                compared.with_pool_usd <= compared.lambda.usd + 1e-9,
                "{factor}"
            );
            assert_eq!(compared.pool.machines == 0, compared.pool.share <= 0.0);
        }
        let much = Comparison::of(&Load::BASE.times(100.0));
        assert!(much.with_pool_usd < much.lambda.usd && much.pool.machines > 0);
    }
}
