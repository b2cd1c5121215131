//! Signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::message::MessageId;
use crate::secret::Secret;

/// The header of the event's id.
pub const ID_HEADER: &str = "webhook-id";

/// The header of the attempt's time, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";

/// The header of the signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// Marks signatures by HMAC-SHA256.
pub(crate) const SCHEME: &str = "v1,";

/// The value of [`SIGNATURE_HEADER`]: one signature by each secret, so that a receiver verifies
/// with the new one or one that is retiring while they are being exchanged. `timestamp` is in
/// seconds since 1970.
pub fn signature_header<'a>(
    secrets: impl IntoIterator<Item = &'a Secret>,
    id: &MessageId,
    timestamp: u64,
    payload: &[u8],
) -> String {
    let sign = |secret: &Secret| {
        let mac = mac(secret, id.as_str(), timestamp, payload);
        format!("{SCHEME}{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    let signatures: Vec<String> = secrets.into_iter().map(sign).collect();
    signatures.join(" ")
}

/// The code over `id.timestamp.payload`.
pub(crate) fn mac(secret: &Secret, id: &str, timestamp: u64, payload: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).expect("any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(payload);
    mac
}
