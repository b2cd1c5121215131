//! Repairs of an event, before it becomes an HTTP request.

use std::fmt::Write;

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;

/// The event with its address spelled as an HTTP request needs it.
///
/// API Gateway hands the query on as the client sent it, while building the request panics on
/// bytes that a URI may not hold. Anybody can send those, so they are percent-encoded first.
pub(crate) fn acceptable(mut event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpRequest {
    event.raw_path = event.raw_path.map(|path| encoded(&path, "?#"));
    event.raw_query_string = event.raw_query_string.map(|query| encoded(&query, "#"));
    event
}

/// Encodes controls, spaces, non-ASCII and what no URI takes, and `also`.
fn encoded(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c) && !also.contains(c) {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    #[test]
    fn every_address_becomes_a_uri() {
        for text in [
            "",
            "/tasks/a b",
            "/tasks/<b>?x=\"y\"#z",
            "/tasks/ä\u{1}\u{7f}\\^`{|}",
            "/tasks/%7Bid%7D/%zz",
            "//tasks",
        ] {
            let uri = format!(
                "https://host/{}?{}",
                encoded(text, "?#"),
                encoded(text, "#")
            );
            assert!(uri.parse::<Uri>().is_ok(), "{uri}");
        }
    }

    #[test]
    fn a_proper_address_stays_as_it_is() {
        for text in [
            "/tasks/01890a5d-ac96-774b-bcce-b302099a8057",
            "/a%20b",
            "window=7d&tag=a+b",
        ] {
            assert_eq!(encoded(text, "?#"), text);
        }
        assert_eq!(encoded("a b<ä", ""), "a%20b%3C%C3%A4");
    }
}
