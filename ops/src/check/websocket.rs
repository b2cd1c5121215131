//! `WebSocket`s: who is connected, and whether an update gets through.

use aws::dynamo::Connections;
use domain::broadcast::Shard;
use domain::ports::{Audience, AudienceQuery, PortError, StaleConnections};
use futures::future::try_join_all;

use super::{Bounds, Row, State, round_trip};
use crate::site::Site;

const AREA: &str = "websocket";

/// Of the stored connections. The sweep removes stale ones every minute, and a client that vanishes leaves one: a
/// tenth has missed sweeps, a half means that nothing sweeps.
const STALE: Bounds = Bounds {
    warn: 0.1,
    fail: 0.5,
};
/// Fewer are what a minute brings.
const FEW: usize = 10;
/// Connections read at once, some 200 bytes each.
const PAGE: usize = 1_000;
/// Pages of a shard that are read at most: a check is no census.
const MOST_PAGES: usize = 5;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (connections, round_trip) = tokio::join!(connections(site), round_trip::check(site));
    vec![connections, round_trip]
}

async fn connections(site: &Site) -> Row {
    let item = "connections";
    let sdk = match &site.sdk {
        Ok(sdk) => sdk,
        Err(why) => return Row::fail(AREA, item, domain::causes(why)),
    };
    let Some(table) = site.deployment.get("CONNECTIONS_TABLE") else {
        return Row::fail(AREA, item, "CONNECTIONS_TABLE is not known")
            .advise("name the stack by --stack: its outputs hold the name");
    };
    let connections = Connections::new(sdk, table);
    let open = try_join_all(Shard::all().map(|shard| open(site, &connections, shard)));
    let stale = connections.stale(site.now, PAGE);
    match futures::try_join!(open, stale) {
        Ok((open, stale)) => {
            let all = open.iter().all(|(_, all)| *all);
            let open = open.iter().map(|(count, _)| count).sum();
            judge(open, all, stale.len())
        }
        Err(error) => Row::fail(AREA, item, domain::causes(&error)),
    }
}

/// How many are open in a shard, and whether these are all.
async fn open(
    site: &Site,
    connections: &Connections,
    shard: Shard,
) -> Result<(usize, bool), PortError> {
    let (mut count, mut after) = (0, None);
    for _ in 0..MOST_PAGES {
        let query = AudienceQuery {
            shard,
            tenant: None,
            after,
            limit: PAGE,
            now: site.now,
        };
        let page = connections.page(&query).await?;
        count += page.items.len();
        after = page.next;
        if after.is_none() {
            return Ok((count, true));
        }
    }
    Ok((count, false))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn judge(open: usize, all: bool, stale: usize) -> Row {
    let share = stale as f64 / (open + stale).max(1) as f64;
    let judged = if stale < FEW {
        State::Ok
    } else {
        STALE.judge(share)
    };
    let more = if all { "" } else { "more than " };
    let figure = format!("{more}{open} open, {stale} stale ({:.0} %)", share * 100.0);
    Row::new(AREA, "connections", judged, figure)
        .advise("the sweep lags or does not run: look at the function `sweeper`, or run `ops connections`")
        .with("open", open as f64)
        .with("stale", stale as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_stale_connections_means_that_nothing_sweeps() {
        let state = |open, stale| judge(open, true, stale).state;
        assert_eq!(state(0, 0), State::Ok);
        assert_eq!(state(0, 9), State::Ok);
        assert_eq!(state(100, 10), State::Ok);
        assert_eq!(state(90, 10), State::Warn);
        assert_eq!(state(10, 10), State::Fail);
        assert!(judge(5_000, false, 0).figure.starts_with("more than"));
    }
}
