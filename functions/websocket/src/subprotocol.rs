//! Which protocol client and server speak, by the handshake's `Sec-WebSocket-Protocol`.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use protocol::frames::SUBPROTOCOL;

/// The header in which a client offers protocols and a server chooses one (RFC 6455, section 4).
pub(crate) const HEADER: &str = "Sec-WebSocket-Protocol";

/// What a client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Nothing: older clients, which speak ours. Nothing may be chosen then.
    Nothing,
    /// Ours, among others perhaps.
    Ours,
    /// Others only.
    Unknown,
}

/// What the client offers. A header may come several times, each with several names.
pub(crate) fn offered(event: &ApiGatewayWebsocketProxyRequest) -> Offer {
    let single = event.headers.get_all(HEADER).iter();
    let multiple = event.multi_value_headers.get_all(HEADER).iter();
    let values = single
        .chain(multiple)
        .filter_map(|value| value.to_str().ok());
    let mut names = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .peekable();
    if names.peek().is_none() {
        Offer::Nothing
    } else if names.any(|name| name == SUBPROTOCOL) {
        Offer::Ours
    } else {
        Offer::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::sample;

    #[test]
    fn ours_is_found_wherever_it_is() {
        for (lines, expected) in [
            (&[][..], Offer::Nothing),
            (&[""], Offer::Nothing),
            (&[" , "], Offer::Nothing),
            (&["adology.v1"], Offer::Ours),
            (&["adology.v2, adology.v1 ,mqtt"], Offer::Ours),
            (&["mqtt", "adology.v1"], Offer::Ours),
            (&["adology.v2"], Offer::Unknown),
            (&["ADOLOGY.V1", "adology.v1.1"], Offer::Unknown),
        ] {
            let mut event = sample("connect");
            for line in lines {
                let value = line.parse().unwrap();
                event
                    .multi_value_headers
                    .append("sec-websocket-protocol", value);
            }
            assert_eq!(offered(&event), expected, "{lines:?}");
        }
    }
}
