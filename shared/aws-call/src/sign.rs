//! Signature Version 4 of one request.

use std::error::Error;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;

/// Whose signature, for what and when.
pub(crate) struct Signer<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) service: &'static str,
    pub(crate) region: &'a str,
    pub(crate) now: SystemTime,
}

/// The request with the headers that prove who sends it.
pub(crate) fn signed(
    signer: &Signer<'_>,
    mut request: http::Request<Vec<u8>>,
) -> Result<http::Request<Vec<u8>>, Box<dyn Error + Send + Sync>> {
    let identity = signer.credentials.clone().into();
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(signer.region)
        .name(signer.service)
        .time(signer.now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let (method, uri) = (request.method().to_string(), request.uri().to_string());
    let signable =
        SignableRequest::new(&method, &uri, headers, SignableBody::Bytes(request.body()))?;
    let (instructions, _signature) = sign(signable, &params)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The case "get-vanilla" of AWS's test suite for Signature Version 4, of 2015-08-30 at 12:36.
    #[test]
    fn the_signature_is_the_published_one() {
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            None,
            None,
            "test",
        );
        let signer = Signer {
            credentials: &credentials,
            service: "service",
            region: "us-east-1",
            now: SystemTime::UNIX_EPOCH + Duration::from_mins(24_015_636),
        };
        let request = http::Request::get("https://example.amazonaws.com/")
            .body(Vec::new())
            .unwrap();
        let request = signed(&signer, request).unwrap();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(
            authorization.ends_with(
                "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
            ),
            "{authorization}"
        );
    }
}
