//! The system at one, ten and a hundred times the base load: what it costs, which limits it meets, where a pool pays.

use cost::{PRICES_OF, REGION};
use serde::Serialize;
use serde_json::{Value, json};

use super::compare::Comparison;
use super::limits::LIMITS;
use super::load::{BUSIEST, LARGEST_TENANT, Load};
use super::pool::{MACHINE, break_even};
use super::shown::{count, usd};
use crate::table::{Cell, Look, Shown, Table, Tint};

/// The loads, as multiples of the base load.
const FACTORS: [f64; 3] = [1.0, 10.0, 100.0];

/// The model: everything follows from constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model;

impl Model {
    fn loads() -> [Load; 3] {
        FACTORS.map(|factor| Load::BASE.times(factor))
    }

    fn costs() -> Table {
        let mut table = Table::new(&["", "1x", "10x", "100x"]);
        let loads = Self::loads();
        let mut row = |what: &str, of: &dyn Fn(&Load) -> String| {
            let cells = loads.iter().map(|load| Cell::number(of(load)));
            table.push(std::iter::once(Cell::from(what)).chain(cells));
        };
        row("tasks a day", &|load| count(load.tasks_per_day));
        row("API calls a day", &|load| count(load.api_calls_per_day));
        row("dashboards open", &|load| count(load.viewers));
        row("Lambda alone, $ a month", &|load| {
            usd(Comparison::of(load).lambda.usd)
        });
        row("  of that, workers' time", &|load| {
            usd(Comparison::of(load).workers_usd)
        });
        row("with the cheapest pool", &|load| {
            usd(Comparison::of(load).with_pool_usd)
        });
        row("  machines in it", &|load| {
            Comparison::of(load).pool.machines.to_string()
        });
        row("  share of the work they take", &|load| {
            format!("{:.0} %", 100.0 * Comparison::of(load).pool.share)
        });
        row("the classic fleet on EC2", &|load| {
            usd(Comparison::of(load).classic_usd)
        });
        table
    }

    fn limits() -> Table {
        let mut table = Table::new(&[
            "in the busiest minute",
            "limit",
            "1x",
            "10x",
            "100x",
            "what to do",
        ]);
        let loads = Self::loads();
        for limit in LIMITS {
            let needs = loads.map(|load| (limit.needs)(&load));
            let first = needs.iter().position(|needs| *needs > limit.quota);
            let cells = needs.iter().map(|needs| {
                let over = *needs > limit.quota;
                let tint = if over { Tint::Bad } else { Tint::Plain };
                let mark = if over { "!" } else { "" };
                Cell::number(format!("{}{mark}", count(needs.ceil()))).tinted(tint)
            });
            let advice = first.map_or_else(String::new, |at| {
                format!("from {:.0}x: {}", FACTORS[at], limit.remedy)
            });
            let begin = [Cell::from(limit.what), Cell::number(count(limit.quota))];
            table.push(begin.into_iter().chain(cells).chain([Cell::from(advice)]));
        }
        table
    }
}

impl Serialize for Model {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let loads = Self::loads();
        let costs: Vec<Value> = loads
            .iter()
            .map(|load| json!(Comparison::of(load)))
            .collect();
        let limits = LIMITS.map(|limit| {
            json!({
                "what": limit.what, "limit": limit.quota, "needs": loads.map(|load| (limit.needs)(&load)),
                "remedy": limit.remedy, "source": limit.source,
            })
        });
        json!({"prices_of": PRICES_OF, "region": REGION, "loads": costs, "limits": limits})
            .serialize(serializer)
    }
}

impl Shown for Model {
    fn text(&self, look: Look) -> String {
        let base = Load::BASE;
        let even = break_even(&base);
        let (seconds, memory) = (base.seconds, base.memory_mb);
        let told = [
            format!(
                "Tasks of {seconds} s in {memory} MB. Prices of {REGION}, {PRICES_OF}; no free tier, no databases, no transfer."
            ),
            Self::costs().draw(look),
            format!(
                "A machine of the pool costs ${MACHINE:.2} a month and pays once it is {:.0} % busy: from {} such tasks a day \
                 that come evenly.\nA task's time costs ${:.7} on Lambda, ${:.7} on a full machine.",
                100.0 * even.busy,
                count(even.tasks_per_day),
                even.lambda_usd_per_task,
                even.pool_usd_per_task,
            ),
            format!(
                "The busiest minute has {BUSIEST} times the mean; the largest tenant {:.0} % of everything.",
                100.0 * LARGEST_TENANT
            ),
            Self::limits().draw(look),
        ];
        told.join("\n\n")
    }
}
