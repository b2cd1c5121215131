use std::path::Path;

use domain::ports::Clock;
use probe::Target;
use testkit::ambient::FixedClock;
use testkit::build::NOW;
use testkit::memory::{Fault, Faults, MemorySecret};

use super::*;

/// A canary whose deployment is not there.
fn canary(secret: &str) -> (Canary, Faults) {
    let (faults, clock) = (Faults::default(), Arc::new(FixedClock::at(NOW)));
    let clock: Arc<dyn Clock> = clock;
    // The discard port of this machine: nobody listens.
    let nowhere = "http://127.0.0.1:9";
    let target = Target {
        http_url: nowhere.into(),
        sign_in_url: nowhere.into(),
        client_id: "client".into(),
    };
    let canary = Canary {
        login: Arc::new(MemorySecret::of(secret, &faults)),
        probe: Probe::new(target).unwrap(),
        meter: Meter::new("test", "canary", clock).unwrap(),
    };
    (canary, faults)
}

const LOGIN: &str = r#"{"username":"canary","password":"the-password"}"#;

async fn failure(canary: &Canary, event: &str) -> Diagnostic {
    let outcome = canary.handle(serde_json::from_str(event).unwrap()).await;
    outcome.unwrap_err().into()
}

fn lines(canary: &Canary) -> String {
    let mut lines = Vec::new();
    canary.meter.flush_to(&mut lines);
    String::from_utf8(lines).unwrap()
}

/// That a round trip goes well is shown on a running stack: tests/tests/journeys/canary.rs.
#[tokio::test]
async fn every_sample_is_handled_where_nobody_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/canary");
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        let (canary, _) = canary(LOGIN);
        let failed = failure(&canary, &std::fs::read_to_string(&path).unwrap()).await;
        assert_eq!(failed.error_type, "sign_in");
        let message = failed.error_message;
        assert!(
            message.starts_with("sign_in failed: no answer came"),
            "{message}"
        );
        let lines = lines(&canary);
        for part in [
            r#""CanarySuccess":0"#,
            r#""Step":"sign_in""#,
            r#""CanaryFailed":1"#,
        ] {
            assert!(lines.contains(part), "no {part} in {lines}");
        }
    }
    names.sort();
    assert_eq!(names, ["by-hand", "scheduled"]);
}

#[tokio::test]
async fn a_secret_that_is_not_as_it_should_be_is_told_and_not_shown() {
    let (canary, faults) = canary(r#"{"username":"canary","passwort":"the-password"}"#);
    let failed = failure(&canary, "{}").await;
    assert_eq!(failed.error_type, "login");
    assert!(!failed.error_message.contains("the-password"));
    faults.on("secret.read", 1, Fault::Unavailable);
    let failed = failure(&canary, "{}").await;
    assert_eq!(failed.error_type, "login");
    assert!(lines(&canary).contains(r#""CanaryFailed":2"#));
}
