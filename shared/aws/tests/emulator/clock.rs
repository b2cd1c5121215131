//! The present moment, for links that a server checks.

use time::OffsetDateTime;

#[expect(
    clippy::disallowed_methods,
    reason = "the emulator compares with its own clock"
)]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
