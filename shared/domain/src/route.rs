//! Paths without what names a single thing: `/users/42/orders/7f3a` is `/users/{id}/orders/{id}`.
//!
//! A segment names a single thing if it holds no letter but digits, is a UUID, is hexadecimal of
//! eight digits and more with a digit among them, or has digits and letters mixed over at least 16
//! characters. The query is left out. So few routes stand for many paths, as request metrics name
//! them (OpenTelemetry's `http.route`), without knowing the service's own routing table.

/// What stands for a segment that names a single thing.
pub const ID: &str = "{id}";

/// The route of a path.
pub fn of(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = path
        .split('/')
        .map(|segment| if is_id(segment) { ID } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

fn is_id(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return false;
    }
    let bytes = segment.as_bytes();
    let only = |test: fn(&u8) -> bool| bytes.iter().all(test);
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    !letters && segment.is_ascii()
        || only(|byte| byte.is_ascii_hexdigit() || *byte == b'-') && bytes.len() >= 8
        || only(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && letters
            && bytes.len() >= 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_one_thing_is_left_out() {
        for (path, route) in [
            ("/", "/"),
            ("/items", "/items"),
            ("/items/7", "/items/{id}"),
            ("/v2/servers/detail", "/v2/servers/detail"),
            (
                "/v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/detail",
                "/v2/{id}/servers/detail",
            ),
            ("/o/b9000564-fe1a-409b-b8cc-1e88b294cd1d?x=1", "/o/{id}"),
            ("/days/2017-05-16/", "/days/{id}/"),
            ("/media/dQw4w9WgXcQ12345", "/media/{id}"),
            ("/facade/deadbeef", "/facade/deadbeef"),
            ("/oauth2/token", "/oauth2/token"),
        ] {
            assert_eq!(of(path), route, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_route_is_its_own_route(path in "(/[a-zA-Z0-9ü{}._-]{0,20}){0,6}(\\?[a-z=&]{0,9})?") {
            let route = of(&path);
            prop_assert_eq!(of(&route), route.clone());
            let parts = |text: &str| text.split('/').count();
            prop_assert_eq!(parts(&route), parts(path.split('?').next().unwrap()));
        }
    }
}
