//! A real round trip: sign in, connect, submit a task, and have its end pushed.

use std::time::Duration;

use aws_call::{CallError, Service};
use probe::{Login, Probe, RoundTrip, Target};
use serde_json::json;
use tokio::time::timeout;

use super::{Bounds, Row};
use crate::settings::{Role, Settings, SettingsError, User, Who};
use crate::site::Site;

const AREA: &str = "websocket";
const ITEM: &str = "round trip";

/// In milliseconds from submitting to the pushed end: a short task takes some hundred, and a second more while functions
/// start. Two are slow, and after three nobody waits here.
const PUSHED_MS: Bounds = Bounds {
    warn: 2_000.0,
    fail: 3_000.0,
};
/// For all steps; what an area may take is a little more.
const LONGEST: Duration = Duration::from_secs(3);

pub(super) async fn check(site: &Site) -> Row {
    let user = match user(site).await {
        Ok(user) => user,
        Err(why) => return Row::not_applicable(AREA, ITEM, domain::causes(&why)),
    };
    let Some(http_url) = site.deployment.get("ADOLOGY_HTTP_URL") else {
        return Row::fail(AREA, ITEM, "ADOLOGY_HTTP_URL is not known");
    };
    let target = Target {
        http_url: http_url.to_owned(),
        sign_in_url: user.endpoint,
        client_id: user.client_id,
    };
    let login = Login {
        username: user.name,
        password: user.password,
    };
    let went = async {
        match Probe::new(target) {
            Ok(probe) => judge(&probe.round_trip(&login).await),
            Err(error) => Row::fail(AREA, ITEM, domain::causes(&error)),
        }
    };
    timeout(LONGEST, went).await.unwrap_or_else(|_| slow())
}

/// There is nobody to sign in as.
#[derive(Debug, thiserror::Error)]
enum NoUser {
    #[error("it signs in itself: set ADOLOGY_USERNAME and ADOLOGY_PASSWORD")]
    OnlyToken,
    #[error("nobody to sign in as: set ADOLOGY_USERNAME and ADOLOGY_PASSWORD")]
    Nobody,
    #[error(transparent)]
    Settings(SettingsError),
    #[error(transparent)]
    Secret(#[from] CallError),
    #[error("the canary's secret is no JSON with username and password")]
    NoLogin,
}

/// Whoever is given, or else the canary's user.
async fn user(site: &Site) -> Result<User, NoUser> {
    let variable = |name: &str| site.deployment.get(name).map(str::to_owned);
    match Settings::read(Role::Demo, variable) {
        Ok(Settings {
            who: Who::User(user),
            ..
        }) => Ok(user),
        Ok(_) => Err(NoUser::OnlyToken),
        Err(SettingsError::Nobody(..)) => canary(site).await,
        Err(error) => Err(NoUser::Settings(error)),
    }
}

async fn canary(site: &Site) -> Result<User, NoUser> {
    let get = |name| site.deployment.get(name);
    let (Some(secret), Ok(caller)) = (get("CANARY_SECRET_ARN"), &site.caller) else {
        return Err(NoUser::Nobody);
    };
    let body = json!({"SecretId": secret});
    let answer = caller
        .json(Service::SECRETS_MANAGER, "GetSecretValue", &body)
        .await?;
    let login = serde_json::from_str::<Login>(answer["SecretString"].as_str().unwrap_or_default());
    let login = login.map_err(|_| NoUser::NoLogin)?;
    Ok(User {
        endpoint: Target::cognito(get("AWS_REGION").unwrap_or_default()),
        client_id: get("COGNITO_CLIENT_ID").unwrap_or_default().to_owned(),
        name: login.username,
        password: login.password,
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn judge(trip: &RoundTrip) -> Row {
    let steps = trip.steps.iter();
    let steps: Vec<_> = steps
        .map(|(step, time)| format!("{step} {:.0}", millis(*time)))
        .collect();
    if let Some(failed) = &trip.failed {
        return Row::fail(AREA, ITEM, domain::causes(failed)).advise(match failed.step {
            probe::Step::SignIn => {
                "is the user known, and the password right? Then look at Cognito"
            }
            probe::Step::Connect => "look at the functions `api` (tickets) and `websocket`",
            probe::Step::Submit => "look at the function `api` and the task queue",
            probe::Step::Receive => {
                "look at the functions `worker` and `pusher`, and at `triggers`"
            }
        });
    }
    let pushed = trip
        .steps
        .iter()
        .filter(|(step, _)| [probe::Step::Submit, probe::Step::Receive].contains(step))
        .map(|(_, time)| millis(*time))
        .sum();
    Row::new(AREA, ITEM, PUSHED_MS.judge(pushed), format!("ms: {}", steps.join(", ")))
        .advise("look at the slowest step: `connect` and `submit` are the api's, `receive` the worker's and pusher's")
        .with("pushed_ms", pushed)
        .with("total_ms", millis(trip.total()))
}

fn slow() -> Row {
    Row::fail(
        AREA,
        ITEM,
        format!("not round within {} s", LONGEST.as_secs()),
    )
    .advise("functions that start take a while: try again, then look at `functions` and `queues`")
}

#[cfg(test)]
mod tests {
    use probe::{Failed, ProbeError, Step};

    use super::*;
    use crate::check::State;

    fn trip(receive: u64) -> RoundTrip {
        let steps = Step::ALL.map(|step| {
            let time = if step == Step::Receive { receive } else { 10 };
            (step, Duration::from_millis(time))
        });
        RoundTrip {
            steps: steps.into(),
            failed: None,
        }
    }

    #[test]
    fn the_way_from_submitting_to_the_push_is_measured() {
        let states = [100, 1_990, 3_000].map(|receive| judge(&trip(receive)).state);
        assert_eq!(states, [State::Ok, State::Warn, State::Fail]);
        assert_eq!(
            judge(&trip(100)).figure,
            "ms: sign_in 10, connect 10, submit 10, receive 100"
        );
    }

    #[test]
    fn the_step_that_fails_says_where_to_look() {
        let failed = RoundTrip {
            steps: Vec::new(),
            failed: Some(Failed {
                step: Step::Receive,
                cause: ProbeError::Closed,
            }),
        };
        let row = judge(&failed);
        assert_eq!(row.state, State::Fail);
        assert!(row.advice.contains("pusher"), "{row:?}");
        assert!(row.figure.contains("closed"), "{row:?}");
    }
}
