//! Signing and verifying.

#![expect(
    clippy::unwrap_used,
    reason = "tests stop at what is not as it should be"
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use webhooks::{
    ID_HEADER, MessageId, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, TOLERANCE, VerifyError,
    signature_header, verify,
};

// The vector of the specification's reference libraries.
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PAYLOAD: &[u8] = br#"{"test": 2432232314}"#;
const AT: u64 = 1_614_265_330;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const OTHER: &str = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

fn secret() -> Secret {
    SECRET.parse().unwrap()
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(AT)
}

fn headers(signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ID_HEADER, HeaderValue::from_static(ID));
    headers.insert(TIMESTAMP_HEADER, AT.into());
    headers.insert(SIGNATURE_HEADER, signature.parse().unwrap());
    headers
}

fn outcome(headers: &HeaderMap, now: SystemTime) -> Result<String, VerifyError> {
    verify(&[secret()], headers, PAYLOAD, now, TOLERANCE).map(|verified| verified.id)
}

#[test]
fn the_signature_is_that_of_the_reference_libraries() {
    let id = MessageId::new(ID).unwrap();
    assert_eq!(signature_header([&secret()], &id, AT, PAYLOAD), SIGNATURE);
    assert_eq!(outcome(&headers(SIGNATURE), now()), Ok(ID.to_owned()));
}

#[test]
fn one_good_signature_among_others_is_enough() {
    let many = format!(
        "{OTHER} v2,{} v1a,AAAA {SIGNATURE} {OTHER}",
        &SIGNATURE[3..]
    );
    assert!(outcome(&headers(&many), now()).is_ok());
}

#[test]
fn signatures_that_are_not_ours_are_refused() {
    let no_scheme = &SIGNATURE[3..];
    let cut = &SIGNATURE[..8];
    let later_scheme = format!("v2,{no_scheme}");
    for signature in [OTHER, "v1,", "", cut, no_scheme, &later_scheme, "v1,!"] {
        let refused = outcome(&headers(signature), now());
        assert_eq!(refused, Err(VerifyError::Signature), "{signature}");
    }
}

#[test]
fn every_header_is_needed() {
    for name in [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        let mut headers = headers(SIGNATURE);
        headers.remove(name);
        assert_eq!(outcome(&headers, now()), Err(VerifyError::Missing(name)));
    }
    let mut headers = headers(SIGNATURE);
    headers.insert(TIMESTAMP_HEADER, HeaderValue::from_static("hello"));
    assert_eq!(outcome(&headers, now()), Err(VerifyError::Timestamp));
    headers.insert(
        TIMESTAMP_HEADER,
        HeaderValue::from_static("18446744073709551615"),
    );
    assert!(outcome(&headers, now()).is_err());
}

#[test]
fn old_and_future_attempts_are_refused() {
    let second = Duration::from_secs(1);
    let headers = headers(SIGNATURE);
    assert!(outcome(&headers, now() + TOLERANCE).is_ok());
    assert!(outcome(&headers, now() - TOLERANCE).is_ok());
    assert_eq!(
        outcome(&headers, now() + TOLERANCE + second),
        Err(VerifyError::TooOld)
    );
    assert_eq!(
        outcome(&headers, now() - TOLERANCE - second),
        Err(VerifyError::TooNew)
    );
}

#[test]
fn ids_cannot_move_the_full_stops() {
    for id in ["", "a.b", "a b", "ä", &"a".repeat(256)] {
        assert!(MessageId::new(id).is_err(), "{id}");
    }
}

fn secrets() -> impl Strategy<Value = Secret> {
    prop::collection::vec(any::<u8>(), 24..=64).prop_map(|bytes| Secret::new(bytes).unwrap())
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_by_either_secret(
        old in secrets(),
        new in secrets(),
        id in "[A-Za-z0-9_-]{1,40}",
        payload in any::<Vec<u8>>(),
        with_old in any::<bool>(),
    ) {
        let id = MessageId::new(id).unwrap();
        let mut headers = headers(&signature_header([&new, &old], &id, AT, &payload));
        headers.insert(ID_HEADER, id.as_str().parse().unwrap());
        let theirs = if with_old { old } else { new };
        prop_assert!(verify(&[theirs], &headers, &payload, now(), TOLERANCE).is_ok());
    }

    #[test]
    fn any_change_is_noticed(
        secret in secrets(),
        mut payload in prop::collection::vec(any::<u8>(), 1..100),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let id = MessageId::new(ID).unwrap();
        let headers = headers(&signature_header([&secret], &id, AT, &payload));
        let place = at.index(payload.len());
        payload[place] ^= 1 << bit;
        let refused = verify(&[secret], &headers, &payload, now(), TOLERANCE);
        prop_assert_eq!(refused, Err(VerifyError::Signature));
    }
}
