//! `GET /operators/connections`: who is connected.

use std::cmp::Reverse;
use std::sync::Arc;

use app::count_connections::{Connected, OfTenant};
use axum::Json;
use axum::extract::State;
use domain::{TenantId, UserId};
use protocol::http::{ConnectionsBody, ShardBody, TenantConnections, UserConnections};
use protocol::problem::{MEDIA_TYPE, Problem};

use crate::edge::{Operator, Refusal, SignedIn};
use crate::state::App;

/// Tenants that are listed.
const MOST_TENANTS: usize = 100;

/// Users that are listed of each tenant.
const MOST_USERS: usize = 20;

/// Shows who is connected, by shard, tenant and user
///
/// Reads each shard, up to five megabytes of it: some 20,000 connections.
#[utoipa::path(get, path = "/operators/connections", tag = "operators", responses(
    (status = 200, body = ConnectionsBody, description = "Of all tenants."),
    SignedIn,
    (status = 403, body = Problem, content_type = MEDIA_TYPE,
        description = "`forbidden`: the caller is no operator; `no_tenant`"),
))]
pub(crate) async fn get_connections(
    State(app): State<Arc<App>>,
    _: Operator,
) -> Result<Json<ConnectionsBody>, Refusal> {
    Ok(Json(body(app.count_connections.run().await?)))
}

fn body(connected: Connected) -> ConnectionsBody {
    let total = connected.total();
    let shards = connected.shards.iter().map(|(shard, tally)| ShardBody {
        shard: shard.number(),
        open: tally.open,
        stale: tally.stale,
    });
    let shards = shards.collect();
    let tenants = connected.tenants.into_iter();
    let mut tenants: Vec<_> = tenants
        .filter(|(_, of_tenant)| of_tenant.all.open > 0)
        .map(tenant)
        .collect();
    tenants.sort_by_key(|tenant| Reverse(tenant.open));
    tenants.truncate(MOST_TENANTS);
    ConnectionsBody {
        open: total.open,
        stale: total.stale,
        stale_share: total.stale_share(),
        counted_all: !connected.truncated,
        shards,
        tenants,
    }
}

fn tenant((tenant, of_tenant): (TenantId, OfTenant)) -> TenantConnections {
    let user = |(user, open): (Option<UserId>, u64)| UserConnections {
        user: user.map(String::from),
        open,
    };
    let mut users: Vec<_> = of_tenant.users.into_iter().map(user).collect();
    users.sort_by_key(|user| Reverse(user.open));
    users.truncate(MOST_USERS);
    TenantConnections {
        tenant: tenant.into(),
        open: of_tenant.all.open,
        users,
    }
}

#[cfg(test)]
mod tests {
    use domain::connection::LIFETIME;
    use domain::ports::ConnectionStore as _;
    use domain::{Connection, Identity};
    use serde_json::json;
    use testkit::build::{self, NOW};

    use crate::scene::{Scene, sample};

    #[tokio::test]
    async fn the_most_connected_come_first_and_stale_ones_are_no_ones() {
        let scene = Scene::new().await;
        let connect = async |identity: &Identity, connected_at| {
            let connection = Connection {
                connected_at,
                ..build::connection(identity)
            };
            scene.connections.register(&connection).await.unwrap();
        };
        let (few, many) = (
            build::identity(&build::tenant()),
            build::identity(&build::tenant()),
        );
        let other = build::identity(&many.tenant);
        for (identity, times) in [(&few, 2), (&many, 3), (&other, 1)] {
            for _ in 0..times {
                connect(identity, NOW).await;
            }
        }
        connect(&few, NOW - LIFETIME).await;
        connect(&few, NOW - LIFETIME).await;
        let answer = scene.ask(sample("operators-connections")).await.body;
        assert_eq!(
            [&answer["open"], &answer["stale"], &answer["stale_share"]],
            [&json!(6), &json!(2), &json!(0.25)]
        );
        let tenants = json!([
            {"tenant": many.tenant, "open": 4, "users": [
                {"user": many.user, "open": 3}, {"user": other.user, "open": 1}]},
            {"tenant": few.tenant, "open": 2, "users": [{"user": few.user, "open": 2}]},
        ]);
        assert_eq!(answer["tenants"], tenants);
        let shards = answer["shards"].as_array().unwrap();
        let sum = |field: &str| -> u64 {
            let of_shards = shards.iter().map(|shard| shard[field].as_u64().unwrap());
            of_shards.sum()
        };
        assert_eq!((shards.len(), sum("open"), sum("stale")), (8, 6, 2));
    }
}
