//! Visits to the shop, and the events that each leaves.

use std::collections::VecDeque;

use domain::Event;
use domain::event::{Log, Request, Session, SessionAction, User, What};
use serde_json::{Map, json};
use time::{Duration, OffsetDateTime};

use super::random::Random;
use super::scene::{ROUTES, Route, crowd, failures};

const USERS: u32 = 400;

/// Events without an end, visit by visit. They are not in the order of time.
#[derive(Debug)]
pub struct Traffic {
    seed: u64,
    random: Random,
    minutes: u32,
    until: OffsetDateTime,
    visits: u64,
    made: u64,
    waiting: VecDeque<Event>,
}

impl Traffic {
    /// The events of a seed, spread over so many days up to `until`. Their ids depend on the seed alone,
    /// so the system takes each in once, whenever it is sent.
    pub fn new(seed: u64, days: u16, until: OffsetDateTime) -> Self {
        Self {
            seed,
            random: Random::new(seed),
            minutes: u32::from(days) * 24 * 60,
            until,
            visits: 0,
            made: 0,
            waiting: VecDeque::new(),
        }
    }

    fn visit(&mut self) {
        self.visits += 1;
        let start = self.start();
        // Some users come far more often than others.
        let number = self.random.below(USERS).min(self.random.below(USERS));
        let user = (!self.random.per_mille(150)).then(|| format!("user-{number:03}"));
        let session = format!("seed-{}-{}", self.seed, self.visits);
        if let Some(user) = user.clone().filter(|_| self.random.per_mille(100)) {
            let extra = Map::from_iter([("plan".into(), json!("basic"))]);
            self.put(start, What::User(User { user, extra }));
        }
        self.session(start, &session, SessionAction::Start, user.as_ref());
        let mut at = start;
        for _ in 0..=self.random.below(14) {
            at += Duration::milliseconds(i64::from(500 + self.random.below(45_000)));
            if let Some(route) = self.random.one(ROUTES) {
                self.request(at, route, user.clone());
            }
        }
        // The others just go away.
        if self.random.per_mille(700) {
            at += Duration::seconds(i64::from(1 + self.random.below(120)));
            self.session(at, &session, SessionAction::End, user.as_ref());
        }
    }

    /// When a visit begins: any minute, taken or not by how many come then.
    fn start(&mut self) -> OffsetDateTime {
        loop {
            let before = Duration::minutes(i64::from(self.random.below(self.minutes)));
            let within = Duration::milliseconds(i64::from(self.random.below(60_000)));
            let at = self.until - before - within;
            if self.random.below(100) < crowd(at) {
                return at;
            }
        }
    }

    fn session(
        &mut self,
        at: OffsetDateTime,
        id: &str,
        action: SessionAction,
        user: Option<&String>,
    ) {
        let session = Session {
            session_id: id.into(),
            action,
            user: user.cloned(),
            extra: Map::new(),
        };
        self.put(at, What::Session(session));
    }

    fn request(&mut self, at: OffsetDateTime, route: &Route, user: Option<String>) {
        let failed = self.random.per_mille(failures(route, at));
        let status = match (failed, route.method) {
            (true, _) => *self.random.one(&[500, 502, 503]).unwrap_or(&500),
            _ if self.random.per_mille(18) => *self.random.one(&[400, 401, 404]).unwrap_or(&404),
            (_, "POST") => 201,
            _ => 200,
        };
        // Whatever is busy is slow, and what fails has often waited for something.
        let load = 0.8 + f64::from(crowd(at)) / 200.0 + if failed { 3.0 } else { 0.0 };
        let took = route.usual_ms * load * self.random.factor(0.55);
        let took = (took * 100.0).round() / 100.0;
        let number = self.random.below(500).to_string();
        let path = route.path.replace("{}", &number);
        if let Some((level, message)) = self.line(status, took, route) {
            let extra = Map::from_iter([("path".into(), json!(path))]);
            let service = route.service.into();
            let level = level.into();
            self.put(
                at,
                What::Log(Log {
                    service,
                    level,
                    message,
                    extra,
                }),
            );
        }
        let request = Request {
            service: route.service.into(),
            user,
            method: route.method.into(),
            path,
            status,
            bytes: Some(u64::from(200 + self.random.below(20_000))),
            response_time_ms: took,
            extra: Map::new(),
        };
        self.put(at, What::Request(request));
    }

    /// What the service logs about a request, if anything.
    fn line(&mut self, status: u16, took: f64, route: &Route) -> Option<(&'static str, String)> {
        match status {
            500.. => {
                let reasons = [
                    "the payment provider did not answer in time",
                    "no connection to the database was free",
                    "an upstream closed the connection",
                ];
                let reason = self.random.one(&reasons)?;
                Some(("error", format!("{} failed: {reason}", route.path)))
            }
            400.. => Some(("warn", format!("{} was refused with {status}", route.path))),
            _ if took > 10.0 * route.usual_ms => {
                Some(("warn", format!("{} took {took} ms", route.path)))
            }
            _ if self.random.per_mille(80) => {
                Some(("info", format!("{} was answered", route.path)))
            }
            _ => None,
        }
    }

    /// What has not happened yet is left out: who came just now is still there.
    fn put(&mut self, at: OffsetDateTime, what: What) {
        if at <= self.until {
            self.made += 1;
            let id = format!("seed-{}-{}", self.seed, self.made);
            self.waiting.push_back(Event { id, at, what });
        }
    }
}

impl Iterator for Traffic {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.waiting.is_empty() {
            self.visit();
        }
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-31 20:00 UTC);

    fn events(seed: u64, count: usize) -> Vec<Event> {
        Traffic::new(seed, 30, NOW).take(count).collect()
    }

    #[test]
    fn a_seed_always_makes_the_same_events_and_more_begin_with_fewer() {
        assert_eq!(events(1, 2_000)[..500], events(1, 500));
        assert_ne!(events(1, 500), events(2, 500));
    }

    #[test]
    fn the_system_takes_each_of_them() {
        let events = events(1, 20_000);
        for event in &events {
            let item = serde_json::to_value(event).unwrap();
            Event::parse(item, NOW).unwrap();
            assert!(event.at <= NOW && event.at > NOW - Duration::days(31));
        }
        let ids: HashSet<_> = events.iter().map(|event| &event.id).collect();
        assert_eq!(ids.len(), events.len());
    }

    #[test]
    fn there_is_something_of_everything_and_days_have_a_shape() {
        let mut failed = 0;
        let mut services = HashSet::new();
        let mut hours = [0; 24];
        let (mut logs, mut sessions, mut users) = (0, 0, 0);
        for event in events(1, 20_000) {
            match event.what {
                What::Request(request) => {
                    hours[usize::from(event.at.hour())] += 1;
                    failed += usize::from(request.status >= 500);
                    services.insert(request.service);
                }
                What::Log(_) => logs += 1,
                What::Session(_) => sessions += 1,
                What::User(_) => users += 1,
            }
        }
        assert_eq!(services.len(), 5);
        assert!(hours[19] > 5 * hours[3], "{hours:?}");
        assert!(
            [failed, logs, sessions, users]
                .iter()
                .all(|count| *count > 50)
        );
    }
}
