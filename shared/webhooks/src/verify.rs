//! Verifies, for receivers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use http::HeaderMap;

use crate::secret::Secret;
use crate::signature::{ID_HEADER, SCHEME, SIGNATURE_HEADER, TIMESTAMP_HEADER, mac};

/// The usual difference between the sender's clock and ours, with the time on the way.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// Signatures that are looked at; nobody rotates through more secrets at once.
const MOST_SIGNATURES: usize = 16;

/// A webhook that is what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The event. Remember it for twice the tolerance at least, to handle each once.
    pub id: String,
    /// When the attempt was made.
    pub sent_at: SystemTime,
}

/// Why a webhook is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing or not text.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// The timestamp is no number of seconds.
    #[error("the header {TIMESTAMP_HEADER} is no number")]
    Timestamp,
    /// The attempt is too old: perhaps somebody repeats what was sent once.
    #[error("the webhook is too old")]
    TooOld,
    /// The attempt lies in the future.
    #[error("the webhook comes from the future")]
    TooNew,
    /// No signature is ours.
    #[error("no signature matches")]
    Signature,
}

/// Tells whether one of the signatures is by one of the secrets, over exactly these bytes. Verify
/// before parsing: what was parsed and written again is not what was signed.
pub fn verify(
    secrets: &[Secret],
    headers: &HeaderMap,
    payload: &[u8],
    now: SystemTime,
    tolerance: Duration,
) -> Result<Verified, VerifyError> {
    let id = header(headers, ID_HEADER)?;
    let timestamp = header(headers, TIMESTAMP_HEADER)?;
    let timestamp: u64 = timestamp.parse().map_err(|_| VerifyError::Timestamp)?;
    let sent_at = UNIX_EPOCH.checked_add(Duration::from_secs(timestamp));
    let sent_at = sent_at.ok_or(VerifyError::Timestamp)?;
    check_time(sent_at, now, tolerance)?;
    let signatures = header(headers, SIGNATURE_HEADER)?;
    let matches = |signature: Vec<u8>| {
        let by = |secret| mac(secret, id, timestamp, payload);
        // Compared in constant time.
        secrets
            .iter()
            .any(|secret| by(secret).verify_slice(&signature).is_ok())
    };
    if decoded(signatures).any(matches) {
        let id = id.to_owned();
        Ok(Verified { id, sent_at })
    } else {
        Err(VerifyError::Signature)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, VerifyError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or(VerifyError::Missing(name))
}

fn check_time(
    sent_at: SystemTime,
    now: SystemTime,
    tolerance: Duration,
) -> Result<(), VerifyError> {
    match now.duration_since(sent_at) {
        Ok(age) if age > tolerance => Err(VerifyError::TooOld),
        Err(ahead) if ahead.duration() > tolerance => Err(VerifyError::TooNew),
        _ => Ok(()),
    }
}

/// Signatures of our scheme; others are for other receivers.
fn decoded(signatures: &str) -> impl Iterator<Item = Vec<u8>> {
    let ours = signatures.split(' ').take(MOST_SIGNATURES);
    let ours = ours.filter_map(|signature| signature.strip_prefix(SCHEME));
    ours.filter_map(|encoded| STANDARD.decode(encoded).ok())
}
