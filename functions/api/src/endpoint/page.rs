//! What the endpoints that list something have in common: ranges of time and cursors.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::edge::Refusal;

/// Reads a moment.
pub(super) fn moment(field: &str, text: Option<&str>) -> Result<Option<OffsetDateTime>, Refusal> {
    let message = "must be a moment such as 2026-01-01T12:00:00Z";
    let read = text.map(|text| OffsetDateTime::parse(text, &Rfc3339));
    read.transpose()
        .map_err(|_| Refusal::invalid_query(field, message))
}

/// Where a page ended, wrapped, so that nobody builds on what is inside.
pub(super) fn cursor<T: Display>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(place.to_string())
}

/// Reads a cursor.
pub(super) fn read<T: FromStr>(cursor: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.and_then(|text| text.parse().ok());
    place.ok_or_else(|| Refusal::invalid_query("cursor", "give a page's next_cursor as it is"))
}
