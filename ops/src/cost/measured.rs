//! What a month costs by what tasks have used lately.

use std::collections::{BTreeMap, HashMap};

use cost::{PRICES_OF, Prices, REGION, Usage, Usd};
use domain::RequestId;
use domain::ports::{PortError, Spent, SpentTasks};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use super::functions::{self, Metered};
use super::load::{HOURS, Load};
use super::pool::break_even;
use super::shown::{count, usd};
use crate::moment;
use crate::table::{Cell, Look, Shown, Table};

/// What a group of tasks has cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// How many.
    pub tasks: u64,
    /// What they cost, in dollars.
    pub usd: f64,
    /// The same for a whole month, in dollars.
    pub usd_a_month: f64,
}

/// What tasks have cost, and what a month of it would.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Since when tasks are counted.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// Of the price list.
    pub prices_of: &'static str,
    /// All tasks.
    pub all: Group,
    /// By what is paid.
    pub by_service: Vec<Group>,
    /// By kind; the dearest first.
    pub by_kind: Vec<Group>,
    /// By tenant; the dearest first.
    pub by_tenant: Vec<Group>,
    /// By function, where CloudWatch has figures: all of their time, also what no task is charged for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_function: Vec<Metered>,
    /// What was measured as a load, to reckon further with.
    pub load: Load,
    /// Tasks a day from which a machine of the pool pays; none where no task ran on Lambda.
    pub pool_pays_from_tasks_per_day: Option<f64>,
}

/// Reads what all tasks have used.
///
/// # Errors
///
/// The table does not answer.
pub async fn read(tasks: &dyn SpentTasks) -> Result<Vec<Spent>, PortError> {
    let (mut all, mut after): (_, Option<String>) = (Vec::new(), None);
    loop {
        let page = tasks.page(after.as_deref()).await?;
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// A task with all that it used.
struct Whole {
    tenant: String,
    kind: String,
    usage: Usage,
}

/// Sums up tasks that changed last within this length of time. A system that is younger than that is taken by its own
/// age, an hour at least.
pub fn measure(
    spent: Vec<Spent>,
    prices: &Prices,
    now: OffsetDateTime,
    within: Duration,
) -> Measured {
    let oldest = spent
        .iter()
        .filter_map(|spent| spent.task.as_ref().map(|(_, at)| *at))
        .min();
    let since = oldest
        .unwrap_or(now)
        .max(now - within)
        .min(now - Duration::HOUR);
    let tasks = whole(spent, since);
    let hours = (now - since).as_seconds_f64() / 3_600.0;
    let reckon = Reckon {
        prices: *prices,
        month: HOURS / hours,
    };
    let all = reckon.group("all", tasks.iter().map(|task| &task.usage));
    let by = |of: fn(&Whole) -> &String| {
        let mut by: BTreeMap<&String, Vec<&Usage>> = BTreeMap::new();
        for task in &tasks {
            by.entry(of(task)).or_default().push(&task.usage);
        }
        let groups = by
            .into_iter()
            .map(|(name, of)| reckon.group(name, of.into_iter()));
        let mut groups: Vec<_> = groups.collect();
        groups.sort_by(|a, b| b.usd.total_cmp(&a.usd));
        groups
    };
    let load = load(&tasks, hours);
    let paid = load.tasks_per_day > 0.0 && load.seconds > 0.0;
    Measured {
        since,
        until: now,
        prices_of: PRICES_OF,
        by_service: services(&tasks, &reckon),
        by_kind: by(|task| &task.kind),
        by_tenant: by(|task| &task.tenant),
        all,
        by_function: Vec::new(),
        pool_pays_from_tasks_per_day: paid.then(|| break_even(&load).tasks_per_day),
        load,
    }
}

/// Puts parts together that belong to one task, and leaves out what changed last before that.
fn whole(spent: Vec<Spent>, since: OffsetDateTime) -> Vec<Whole> {
    let (mut later, mut tasks): (HashMap<RequestId, Usage>, Vec<_>) = (HashMap::new(), Vec::new());
    for one in spent {
        match one.task {
            Some((kind, at)) if at >= since => {
                tasks.push((one.tenant, one.request_id, kind, one.usage));
            }
            Some(_) => {}
            None => *later.entry(one.request_id).or_default() += one.usage,
        }
    }
    let whole = tasks.into_iter().map(|(tenant, id, kind, usage)| Whole {
        tenant: tenant.to_string(),
        kind,
        usage: usage + later.get(&id).copied().unwrap_or_default(),
    });
    whole.collect()
}

struct Reckon {
    prices: Prices,
    /// How much longer a month is.
    month: f64,
}

impl Reckon {
    fn group<'a>(&self, name: &str, of: impl Iterator<Item = &'a Usage>) -> Group {
        let (mut tasks, mut sum) = (0, Usage::NONE);
        for usage in of {
            tasks += 1;
            sum += *usage;
        }
        let cost: Usd = sum.cost(&self.prices);
        Group {
            name: name.into(),
            tasks,
            usd: cost.dollars(),
            usd_a_month: cost.dollars() * self.month,
        }
    }
}

/// One figure of the usage for each thing that is paid.
fn services(tasks: &[Whole], reckon: &Reckon) -> Vec<Group> {
    let sum: Usage = tasks.iter().map(|task| task.usage).sum();
    let parts = [
        (
            "Lambda",
            Usage {
                lambda_mb_micros: sum.lambda_mb_micros,
                ..Usage::NONE
            },
        ),
        (
            "DynamoDB",
            Usage {
                read_half_units: sum.read_half_units,
                write_units: sum.write_units,
                ..Usage::NONE
            },
        ),
        (
            "SQS",
            Usage {
                sqs_requests: sum.sqs_requests,
                ..Usage::NONE
            },
        ),
        (
            "S3",
            Usage {
                s3_writes: sum.s3_writes,
                s3_reads: sum.s3_reads,
                ..Usage::NONE
            },
        ),
        (
            "API Gateway",
            Usage {
                websocket_messages: sum.websocket_messages,
                ..Usage::NONE
            },
        ),
        (
            "model",
            Usage {
                model_nanos: sum.model_nanos,
                ..Usage::NONE
            },
        ),
    ];
    let groups = parts.map(|(name, part)| Group {
        tasks: tasks.len() as u64,
        ..reckon.group(name, std::iter::once(&part))
    });
    groups.into_iter().filter(|group| group.usd > 0.0).collect()
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn load(tasks: &[Whole], hours: f64) -> Load {
    let sum: Usage = tasks.iter().map(|task| task.usage).sum();
    let seconds = sum.lambda_micros as f64 / 1e6;
    let number = tasks.len() as f64;
    Load {
        tasks_per_day: number * 24.0 / hours,
        seconds: if number > 0.0 { seconds / number } else { 0.0 },
        memory_mb: if seconds > 0.0 {
            sum.lambda_mb_micros as f64 / 1e6 / seconds
        } else {
            0.0
        },
        viewers: 0.0,
        api_calls_per_day: 0.0,
    }
}

impl Shown for Measured {
    fn text(&self, look: Look) -> String {
        let length = moment::length(self.until - self.since);
        let Load {
            tasks_per_day,
            seconds,
            memory_mb,
            ..
        } = self.load;
        let mut parts = vec![format!(
            "{} tasks in the last {length}: {} a day, {seconds:.3} s of Lambda in {memory_mb:.0} MB each. Prices of {REGION}, {}.",
            self.all.tasks,
            count(tasks_per_day),
            self.prices_of
        )];
        let groups = [
            ("by service", &self.by_service),
            ("by kind", &self.by_kind),
            ("by tenant", &self.by_tenant),
        ];
        for (title, groups) in groups {
            let mut table = Table::new(&[title, "tasks", "$", "$ a month"]);
            for group in groups.iter().chain([&self.all]) {
                table.push([
                    group.name.as_str().into(),
                    Cell::number(group.tasks),
                    Cell::number(format!("{:.6}", group.usd)),
                    Cell::number(usd(group.usd_a_month)),
                ]);
            }
            parts.push(table.draw(look));
        }
        if !self.by_function.is_empty() {
            parts.push(functions::table(&self.by_function, look));
        }
        if let Some(tasks) = self.pool_pays_from_tasks_per_day {
            parts.push(format!(
                "A machine of the pool pays from {} such tasks a day that come evenly.",
                count(tasks)
            ));
        }
        parts.push(
            "Counted is what tasks use (docs/costs.md); `ops cost --tasks-per-day ...` reckons with what runs beside them, too.".into(),
        );
        parts.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use cost::Architecture;
    use domain::TenantId;
    use testkit::build::{self, NOW};

    use super::*;

    fn spent(tenant: &str, kind: &str, age: Duration) -> Spent {
        Spent {
            tenant: TenantId::new(tenant).unwrap(),
            request_id: build::request_id(),
            task: Some((kind.into(), NOW - age)),
            usage: Usage {
                write_units: 10,
                ..Usage::lambda(2_000_000, 512)
            },
        }
    }

    fn measured(all: Vec<Spent>) -> Measured {
        measure(
            all,
            &Prices::us_east_1(Architecture::Arm64),
            NOW,
            Duration::days(7),
        )
    }

    #[test]
    fn tasks_are_summed_up_by_what_they_are() {
        let day = Duration::DAY;
        let first = spent("acme", "export", day);
        let later = Spent {
            task: None,
            usage: Usage {
                websocket_messages: 4,
                ..Usage::NONE
            },
            ..first.clone()
        };
        let all = vec![
            first,
            later,
            spent("acme", "aggregate", day / 2),
            spent("zenith", "export", day / 3),
        ];
        let measured = measured(all);
        assert_eq!(measured.all.tasks, 3);
        // A day of 3 * (1 GB-second, 10 writes), and 4 messages.
        let usd = 3.0 * (13_333.4e-9 + 10.0 * 625e-9) + 4e-6;
        assert!(
            (measured.all.usd - usd).abs() < 2e-9,
            "{}",
            measured.all.usd
        );
        assert!((measured.all.usd_a_month - usd * HOURS / 24.0).abs() < 1e-6);
        let sum = |groups: &[Group]| groups.iter().map(|group| group.usd).sum::<f64>();
        for groups in [&measured.by_service, &measured.by_kind, &measured.by_tenant] {
            assert!((sum(groups) - usd).abs() < 1e-8, "{groups:?}");
        }
        assert_eq!(
            (measured.by_kind[0].name.as_str(), measured.by_kind[0].tasks),
            ("export", 2)
        );
        assert!((measured.load.tasks_per_day - 3.0).abs() < 1e-9);
        assert!((measured.load.seconds - 2.0).abs() < 1e-9);
        assert!((measured.load.memory_mb - 512.0).abs() < 1e-9);
        insta::assert_snapshot!(measured.text(Look::PLAIN));
    }

    #[test]
    fn what_is_older_is_left_out_and_a_young_system_taken_by_its_age() {
        let old = measured(vec![
            spent("acme", "export", Duration::days(8)),
            spent("acme", "export", Duration::DAY),
        ]);
        assert_eq!((old.all.tasks, old.since), (1, NOW - Duration::days(7)));
        let young = measured(vec![spent("acme", "export", Duration::minutes(5))]);
        assert_eq!(young.since, NOW - Duration::HOUR);
        let nothing = measured(vec![]);
        assert_eq!(
            (nothing.all.tasks, nothing.pool_pays_from_tasks_per_day),
            (0, None)
        );
    }
}
