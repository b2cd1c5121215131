//! The shop: its services and what they answer, and when people come.

use time::{OffsetDateTime, Weekday};

/// A route of a service.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) service: &'static str,
    pub(crate) method: &'static str,
    /// `{}` stands for a number.
    pub(crate) path: &'static str,
    /// What an answer usually takes, in milliseconds.
    pub(crate) usual_ms: f64,
}

const fn route(
    service: &'static str,
    method: &'static str,
    path: &'static str,
    usual_ms: f64,
) -> Route {
    Route {
        service,
        method,
        path,
        usual_ms,
    }
}

/// Often used ones are there several times.
pub(crate) const ROUTES: &[Route] = &[
    route("web", "GET", "/", 18.0),
    route("web", "GET", "/", 18.0),
    route("web", "GET", "/account", 26.0),
    route("catalog", "GET", "/items/{}", 32.0),
    route("catalog", "GET", "/items/{}", 32.0),
    route("catalog", "GET", "/items/{}/reviews", 45.0),
    route("search", "GET", "/search", 95.0),
    route("search", "GET", "/suggestions", 22.0),
    route("cart", "PUT", "/carts/{}", 38.0),
    route("cart", "GET", "/carts/{}", 20.0),
    route("checkout", "POST", "/orders", 240.0),
    route("checkout", "GET", "/orders/{}", 41.0),
];

/// How many come in each hour of a day (UTC), of a hundred in the busiest.
const HOURS: [u32; 24] = [
    14, 9, 6, 5, 6, 10, 20, 36, 55, 68, 76, 80, 84, 78, 74, 72, 75, 80, 90, 100, 96, 78, 50, 28,
];

/// How many come at a time, of a hundred in the busiest hour of a working day.
pub(crate) fn crowd(at: OffsetDateTime) -> u32 {
    let hour = HOURS[usize::from(at.hour())];
    match at.weekday() {
        Weekday::Saturday | Weekday::Sunday => hour * 6 / 10,
        _ => hour,
    }
}

/// How many of a thousand requests fail: few, but every fifth day the checkout has a bad hour and a half.
pub(crate) fn failures(route: &Route, at: OffsetDateTime) -> u32 {
    let minute = u16::from(at.hour()) * 60 + u16::from(at.minute());
    let bad = at.ordinal().is_multiple_of(5) && (840..930).contains(&minute);
    match route.service {
        "checkout" if bad => 220,
        "search" => 9,
        _ => 4,
    }
}
