//! `ops weekly`: what changes too slowly to be looked at each day.

mod advisories;
mod age;
mod history;
mod images;
mod sizes;
mod spend;

use std::path::Path;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::time::{Instant, timeout};

pub use sizes::{Before, BeforeError};

use crate::check::{Checklist, Row};
use crate::site::Site;

/// Billing answers within seconds; the list of advisories may have to be fetched first.
const AREA: Duration = Duration::from_mins(1);

/// Looks at everything; `folder` is where the lock file is looked for, `before` an earlier output to compare sizes with.
pub async fn run(site: &Site, folder: &Path, before: &Before, began: Instant) -> Checklist {
    let areas: [(&str, BoxFuture<'_, Vec<Row>>); 6] = [
        ("images", Box::pin(images::check(site))),
        ("alarms", Box::pin(history::check(site))),
        ("spend", Box::pin(spend::check(site))),
        ("age", Box::pin(age::check(site))),
        ("advisories", Box::pin(advisories::check(folder))),
        ("sizes", Box::pin(sizes::check(site, before))),
    ];
    let looking = areas.map(|(area, looking)| within(area, looking));
    let rows = join_all(looking).await.into_iter().flatten().collect();
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Checklist::new(site.name(), took, rows)
}

async fn within(area: &'static str, looking: BoxFuture<'_, Vec<Row>>) -> Vec<Row> {
    timeout(AREA, looking).await.unwrap_or_else(|_| {
        vec![Row::fail(
            area,
            "all",
            format!("no answer within {} s", AREA.as_secs()),
        )]
    })
}

/// Whole days from a moment, in seconds since 1970 as AWS's JSON has it, until now; negative where it is still to come.
fn days_since(site: &Site, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let now = site.now.unix_timestamp() as f64;
    ((now - seconds) / 86_400.0).floor()
}
