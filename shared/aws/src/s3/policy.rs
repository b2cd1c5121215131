//! Signs forms by which a browser posts a file straight to S3. The SDK has no such thing.
//!
//! What may be posted is told by a policy document, whose base64 is what is signed
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>). S3 checks
//! every field of the form against it and refuses fields that it does not mention.

use std::collections::BTreeMap;

use aws_sdk_s3::config::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

const SIGNED_AT: StaticFormatDescription =
    format_description!("[year][month][day]T[hour][minute][second]Z");
const DAY: StaticFormatDescription = format_description!("[year][month][day]");
const EXPIRY: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// What one form allows.
pub(super) struct Allowed<'a> {
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) content_type: &'a str,
    pub(super) most_bytes: u64,
    pub(super) expires_at: OffsetDateTime,
}

/// Who signs, where and when.
pub(super) struct Signer<'a> {
    pub(super) credentials: &'a Credentials,
    pub(super) region: &'a str,
    pub(super) now: OffsetDateTime,
}

/// The fields to post before the file.
///
/// Fails only for moments beyond the year 9999.
pub(super) fn fields(
    allowed: &Allowed<'_>,
    signer: &Signer<'_>,
) -> Result<BTreeMap<String, String>, time::error::Format> {
    let mut fields = signer.fields()?;
    fields.insert("key".into(), allowed.key.into());
    fields.insert("content-type".into(), allowed.content_type.into());
    // Without it the answer to a browser is an empty 204.
    fields.insert("success_action_status".into(), "201".into());
    let document = document(allowed, &fields)?;
    let policy = STANDARD.encode(document.to_string());
    fields.insert("x-amz-signature".into(), signer.signature(&policy));
    fields.insert("policy".into(), policy);
    Ok(fields)
}

/// Every field has to be just so, and the file no longer than allowed.
fn document(
    allowed: &Allowed<'_>,
    fields: &BTreeMap<String, String>,
) -> Result<Value, time::error::Format> {
    let exact = fields.iter().map(|(name, value)| json!({ name: value }));
    let mut conditions = vec![
        json!({ "bucket": allowed.bucket }),
        json!(["content-length-range", 0, allowed.most_bytes]),
    ];
    conditions.extend(exact);
    let expiration = allowed.expires_at.to_utc().format(&EXPIRY)?;
    Ok(json!({ "expiration": expiration, "conditions": conditions }))
}

impl Signer<'_> {
    fn fields(&self) -> Result<BTreeMap<String, String>, time::error::Format> {
        let now = self.now.to_utc();
        let (key_id, region) = (self.credentials.access_key_id(), self.region);
        let scope = format!("{key_id}/{}/{region}/s3/aws4_request", now.format(&DAY)?);
        let mut fields = BTreeMap::from([
            ("x-amz-algorithm".into(), "AWS4-HMAC-SHA256".into()),
            ("x-amz-credential".into(), scope),
            ("x-amz-date".into(), now.format(&SIGNED_AT)?),
        ]);
        if let Some(token) = self.credentials.session_token() {
            fields.insert("x-amz-security-token".into(), token.into());
        }
        Ok(fields)
    }

    fn signature(&self, policy: &str) -> String {
        let secret = self.credentials.secret_access_key();
        let key = generate_signing_key(secret, self.now.into(), self.region, "s3");
        calculate_signature(key, policy.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn credentials(token: Option<&str>) -> Credentials {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let token = token.map(ToOwned::to_owned);
        Credentials::new("AKIAIOSFODNN7EXAMPLE", secret, token, None, "test")
    }

    const NOW: OffsetDateTime = datetime!(2015-12-29 0:00 UTC);

    const ALLOWED: Allowed<'static> = Allowed {
        bucket: "uploads",
        key: "acme/01890a5d",
        content_type: "text/csv",
        most_bytes: 1_000,
        expires_at: datetime!(2015-12-29 0:15 UTC),
    };

    fn signed(token: Option<&str>) -> BTreeMap<String, String> {
        let signer = Signer {
            credentials: &credentials(token),
            region: "us-east-1",
            now: NOW,
        };
        fields(&ALLOWED, &signer).unwrap()
    }

    fn policy(fields: &BTreeMap<String, String>) -> Value {
        let document = STANDARD.decode(&fields["policy"]).unwrap();
        serde_json::from_slice(&document).unwrap()
    }

    /// AWS's own example
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>).
    #[test]
    fn the_signature_is_that_of_the_documented_example() {
        let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
        let signer = Signer {
            credentials: &credentials(None),
            region: "us-east-1",
            now: NOW,
        };
        let expected = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";
        assert_eq!(signer.signature(policy), expected);
        let fields = signer.fields().unwrap();
        let credential = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request";
        assert_eq!(fields["x-amz-credential"], credential);
        assert_eq!(fields["x-amz-date"], "20151229T000000Z");
    }

    #[test]
    fn every_field_but_policy_and_signature_is_bound_to_its_value() {
        let fields = signed(None);
        let policy = policy(&fields);
        assert_eq!(policy["expiration"], "2015-12-29T00:15:00.000Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!({"bucket": "uploads"})));
        assert!(conditions.contains(&json!(["content-length-range", 0, 1_000])));
        let free: Vec<_> = fields
            .iter()
            .filter(|(name, value)| !conditions.contains(&json!({ *name: value })))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(free, ["policy", "x-amz-signature"]);
        assert_eq!(fields["content-type"], "text/csv");
        assert_eq!(fields["key"], "acme/01890a5d");
    }

    #[test]
    fn temporary_credentials_bring_their_token_along() {
        let fields = signed(Some("a-session"));
        assert_eq!(fields["x-amz-security-token"], "a-session");
        let bound = json!({"x-amz-security-token": "a-session"});
        let policy = policy(&fields);
        assert!(policy["conditions"].as_array().unwrap().contains(&bound));
        assert!(!signed(None).contains_key("x-amz-security-token"));
    }
}
