//! `ops check`: the daily checklist. Everything is looked at side by side, and nothing waits for what hangs.
//!
//! Each area has a file, which says what is well and why; it asks, and plain functions judge the answers.

mod alarms;
mod api;
mod canary;
mod functions;
mod lines;
mod mongo;
pub(crate) mod pauses;
mod pool;
mod postgres;
mod queues;
mod rds;
mod round_trip;
mod row;
mod stack;
mod triggers;
mod websocket;

use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::time::{Instant, timeout};

pub use row::{Bounds, Checklist, Row, State};
pub use triggers::{Trigger, triggers};

use crate::site::Site;

/// How long an area may take: with what is asked before, the whole takes less than five seconds.
const AREA: Duration = Duration::from_millis(3_400);

/// What is expected of the deployment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    /// Processes of the pool that were asked for, where nobody else knows.
    pub pool: Option<u32>,
}

/// Looks at everything.
pub async fn run(site: &Site, expected: Expected, began: Instant) -> Checklist {
    let found = look(all(site, expected)).await;
    let rows = stack::check(site).into_iter().chain(found);
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Checklist::new(site.name(), took, rows.collect())
}

/// Looks at some areas, by name.
pub async fn areas(site: &Site, names: &[&str]) -> Vec<Row> {
    let mut areas = all(site, Expected::default());
    areas.retain(|(area, _)| names.contains(area));
    look(areas).await
}

type Looking<'a> = (&'static str, BoxFuture<'a, Vec<Row>>);

fn all(site: &Site, expected: Expected) -> Vec<Looking<'_>> {
    vec![
        ("api", Box::pin(api::check(site))),
        ("functions", Box::pin(functions::check(site))),
        ("queues", Box::pin(queues::check(site))),
        ("postgres", Box::pin(postgres::check(site))),
        ("mongodb", Box::pin(mongo::check(site))),
        ("websocket", Box::pin(websocket::check(site))),
        ("pool", Box::pin(pool::check(site, expected.pool))),
        ("spend", Box::pin(pauses::check(site))),
        ("alarms", Box::pin(alarms::check(site))),
        ("canary", Box::pin(canary::check(site))),
    ]
}

async fn look(areas: Vec<Looking<'_>>) -> Vec<Row> {
    let looking = areas
        .into_iter()
        .map(|(area, looking)| within(area, looking));
    join_all(looking).await.into_iter().flatten().collect()
}

async fn within(area: &'static str, looked_at: BoxFuture<'_, Vec<Row>>) -> Vec<Row> {
    timeout(AREA, looked_at).await.unwrap_or_else(|_| {
        let figure = format!("no answer within {:.1} s", AREA.as_secs_f64());
        let row = Row::fail(area, "all", figure);
        vec![row.advise("`ops doctor` looks at the way there")]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_area_that_hangs_is_a_row_of_its_own() {
        let rows = within("queues", Box::pin(std::future::pending())).await;
        assert_eq!((rows.len(), rows[0].state), (1, State::Fail));
        assert_eq!(rows[0].figure, "no answer within 3.4 s");
        assert!(!rows[0].advice.is_empty());
    }
}
