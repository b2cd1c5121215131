//! The bodies of `POST /broadcast`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The body of `POST /broadcast`: one of `message` and `reconnect`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BroadcastBody {
    /// What everybody is told: any JSON but null, up to 24 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub message: Option<Value>,
    /// That everybody is to open a new connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconnect: Option<ReconnectBody>,
    /// Only the connections of this tenant; all tenants' without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// How everybody is to reconnect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconnectBody {
    /// Each client picks a moment within this time: 1,000 to 3,600,000 milliseconds.
    pub within_ms: u64,
    /// Why, for people; up to 200 bytes.
    #[serde(default = "deploy")]
    pub reason: String,
}

fn deploy() -> String {
    "deploy".into()
}

/// The confirmation of `POST /broadcast`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BroadcastTaken {
    /// The broadcast's name, which every frame of it carries.
    pub broadcast_id: String,
    /// `queued`: the frames are on their way.
    pub status: String,
    /// How many parts it is pushed in, side by side.
    pub shards: usize,
}
