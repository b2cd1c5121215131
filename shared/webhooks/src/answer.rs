//! What an endpoint says.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// The longest wait that an endpoint may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What an endpoint said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// How long it asks us to wait.
    pub retry_after: Option<Duration>,
    /// The beginning of its body. Comes from outside: show it to the endpoint's owner only.
    pub excerpt: Vec<u8>,
}

impl Answer {
    /// Reads the beginning of the body, for no longer than the time that is left. The status counts
    /// whatever becomes of the body.
    pub(crate) async fn read(
        response: Response<Incoming>,
        most: usize,
        deadline: Instant,
        now: SystemTime,
    ) -> Self {
        let status = response.status();
        let retry_after = retry_after(&response, now);
        let mut excerpt = Vec::new();
        let reading = read_up_to(response.into_body(), most, &mut excerpt);
        // What was read until then is enough.
        let _ = timeout_at(deadline, reading).await;
        Self {
            status,
            retry_after,
            excerpt,
        }
    }
}

async fn read_up_to(mut body: Incoming, most: usize, excerpt: &mut Vec<u8>) {
    while excerpt.len() < most {
        let Some(Ok(frame)) = body.frame().await else {
            return;
        };
        if let Some(data) = frame.data_ref() {
            let room = most - excerpt.len();
            excerpt.extend_from_slice(&data[..data.len().min(room)]);
        }
    }
}

/// In seconds, or as a date.
fn retry_after<B>(response: &Response<B>, now: SystemTime) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds = value.trim().parse().map(Duration::from_secs);
    let wait = seconds.ok().or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })?;
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn read(value: &str) -> Option<u64> {
        let response = Response::builder()
            .header(RETRY_AFTER, value)
            .body(())
            .unwrap();
        // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        retry_after(&response, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn waits_are_seconds_or_dates() {
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 06 Nov 1994 08:51:37 GMT"), Some(120));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(read("99999999999"), Some(24 * 3_600));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-1"), None);
    }
}
