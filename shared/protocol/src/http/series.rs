//! The answer of `GET /dashboard/timeseries`.

use serde::{Deserialize, Serialize};
use serde_json::Number;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The answer of `GET /dashboard/timeseries`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimeSeriesBody {
    /// When the first bucket starts.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// When the last bucket ends.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// The length of each: `minute`, `hour` or `day`.
    pub bucket: String,
    /// When each bucket starts, in UTC.
    #[serde(with = "moments")]
    #[schema(value_type = Vec<String>)]
    pub times: Vec<OffsetDateTime>,
    /// A series for each metric, in the order asked for; or for each metric and service, the service
    /// with the most requests first.
    pub series: Vec<SeriesBody>,
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeriesBody {
    /// What it shows.
    pub metric: String,
    /// The service; null where it is about all of them.
    pub group: Option<String>,
    /// A value for each of `times`. Counts are 0 and latencies (in milliseconds) null without requests.
    #[schema(value_type = Vec<Option<f64>>)]
    pub values: Vec<Option<Number>>,
}

/// Moments as RFC 3339, in a list.
mod moments {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use time::OffsetDateTime;

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Moment(#[serde(with = "time::serde::rfc3339")] OffsetDateTime);

    pub(super) fn serialize<S: Serializer>(
        moments: &[OffsetDateTime],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(moments.iter().map(|moment| Moment(*moment)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<OffsetDateTime>, D::Error> {
        let moments = Vec::<Moment>::deserialize(deserializer)?;
        Ok(moments.into_iter().map(|Moment(moment)| moment).collect())
    }
}
