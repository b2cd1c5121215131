//! The deployment: whether it can be asked, what its last deployment failed on, and what of it does not answer.

use aws_call::{CallError, Caller, Service};

use crate::check::{self, Row, State};
use crate::site::Site;
use crate::xml;

const AREA: &str = "deployment";
const VERSION: &str = "2010-05-15";

/// Without these the functions' ways cannot be followed.
const NEEDED: [&str; 9] = [
    "ADOLOGY_HTTP_URL",
    "ADOLOGY_WS_URL",
    "COGNITO_CLIENT_ID",
    "TASK_QUEUE_URL",
    "TASK_DLQ_URL",
    "UPDATES_QUEUE_URL",
    "CALLBACKS_QUEUE_URL",
    "TASKS_TABLE",
    "CONNECTIONS_TABLE",
];

/// What is told even where it is well: the steps on which everything else stands.
const STEPS: [(&str, &str); 6] = [
    ("api", "health"),
    ("functions", "triggers"),
    ("postgres", "reachable"),
    ("postgres", "schema"),
    ("mongodb", "reachable"),
    ("mongodb", "primary"),
];

/// Failed resources that are told: the first is the cause, most others follow from it.
const MOST_FAILURES: usize = 3;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let mut rows = vec![region(site), access(site)];
    let areas = check::areas(
        site,
        &[
            "api",
            "functions",
            "queues",
            "postgres",
            "mongodb",
            "websocket",
        ],
    );
    let (failures, found) = tokio::join!(failures(site), areas);
    rows.extend(failures);
    rows.push(variables(site));
    // Where AWS itself cannot be asked, that is told once, above.
    let told = |row: &Row| site.stack.is_ok() || ["api", "postgres", "mongodb"].contains(&row.area);
    let worth =
        |row: &Row| row.state == State::Fail || STEPS.contains(&(row.area, row.item.as_str()));
    rows.extend(found.into_iter().filter(|row| told(row) && worth(row)));
    rows
}

fn region(site: &Site) -> Row {
    match site.deployment.get("AWS_REGION") {
        Some(region) => {
            let place = if site.deployment.is_local() {
                format!("{region}, on the emulator")
            } else {
                region.to_owned()
            };
            Row::new(AREA, "region", State::Ok, place)
        }
        None => Row::fail(AREA, "region", "AWS_REGION is not set")
            .advise("give --region, or set AWS_REGION: a profile's region is not looked at"),
    }
}

/// Whether CloudFormation describes the stack to whoever asks.
fn access(site: &Site) -> Row {
    match &site.stack {
        Ok(stack) => Row::new(
            AREA,
            "stack",
            State::Ok,
            format!("{} is {}", stack.name, stack.status),
        ),
        Err(why) => {
            let why = domain::causes(why);
            let advice = mend(&why, site.deployment.is_local());
            Row::fail(AREA, "stack", why).advise(advice)
        }
    }
}

/// By the words of CloudFormation, the signer or the network.
fn mend(why: &str, local: bool) -> &'static str {
    let has = |parts: &[&str]| parts.iter().any(|part| why.contains(part));
    if has(&["STACK_NAME is not set"]) {
        "give --stack, or start the local stack with `make up`"
    } else if has(&[
        "credentials",
        "ExpiredToken",
        "InvalidClientTokenId",
        "security token",
    ]) {
        "sign in to AWS again (`aws sso login`), or give --profile"
    } else if has(&["AccessDenied", "not authorized"]) {
        "these credentials may not look: they need cloudformation:DescribeStacks and ListStackResources"
    } else if has(&["does not exist"]) {
        "compare the names of stack and region: `aws cloudformation list-stacks` shows those there are"
    } else if has(&["SignatureDoesNotMatch", "RequestTimeTooSkewed"]) {
        "the clock of this machine is wrong, or the secret key: see `clock`"
    } else if local {
        "the emulator is not up: `make up` starts it; .local/logs/emulator.log has its last words"
    } else {
        "is there a network? A proxy or a VPN may be in the way"
    }
}

/// The resources on which the last deployment failed, with CloudFormation's reasons.
async fn failures(site: &Site) -> Vec<Row> {
    let Ok((caller, stack)) = site.described() else {
        return Vec::new();
    };
    if matches!(stack.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE") {
        return Vec::new();
    }
    match events(caller, &stack.name).await {
        Ok(xml) => read_failures(&xml),
        Err(error) => vec![Row::fail(AREA, "events", domain::causes(&error))],
    }
}

async fn events(caller: &Caller, stack: &str) -> Result<String, CallError> {
    let named = [("StackName", stack)];
    caller
        .query(
            Service::CLOUDFORMATION,
            VERSION,
            "DescribeStackEvents",
            &named,
        )
        .await
}

/// Events come newest first; those before the last deployment's beginning are of others.
fn read_failures(xml: &str) -> Vec<Row> {
    let events = xml.split("<member>").skip(1);
    let mut failures = Vec::new();
    for event in events {
        let field = |name| xml::first(event, name).unwrap_or_default();
        let (status, reason) = (field("ResourceStatus"), field("ResourceStatusReason"));
        let begins = ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"].contains(&status.as_str());
        if begins && field("ResourceType") == "AWS::CloudFormation::Stack" {
            break;
        }
        // Cancelled ones have failed because another did.
        if status.ends_with("_FAILED") && !reason.contains("cancelled") {
            let item = format!("{} ({})", field("LogicalResourceId"), field("ResourceType"));
            failures.push(Row::fail(AREA, item, reason).advise("mend that, then deploy again"));
        }
    }
    failures.reverse();
    failures.truncate(MOST_FAILURES);
    failures
}

fn variables(site: &Site) -> Row {
    let missing: Vec<_> = NEEDED
        .into_iter()
        .filter(|name| site.deployment.get(name).is_none())
        .collect();
    if missing.is_empty() {
        return Row::new(AREA, "addresses", State::Ok, "all known");
    }
    Row::fail(
        AREA,
        "addresses",
        format!("not known: {}", missing.join(", ")),
    )
    .advise("they are the stack's outputs: once the stack is found, they are known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_failed_deployment_comes_first_and_what_follows_from_it_is_left_out() {
        let event = |name: &str, kind: &str, status: &str, reason: &str| {
            format!(
                "<member><LogicalResourceId>{name}</LogicalResourceId><ResourceType>{kind}</ResourceType>\
                 <ResourceStatus>{status}</ResourceStatus><ResourceStatusReason>{reason}</ResourceStatusReason></member>"
            )
        };
        let stack = "AWS::CloudFormation::Stack";
        let xml = [
            event("live", stack, "UPDATE_ROLLBACK_COMPLETE", ""),
            event(
                "Pusher",
                "AWS::Lambda::Function",
                "UPDATE_FAILED",
                "Resource update cancelled",
            ),
            event(
                "TaskQueue",
                "AWS::SQS::Queue",
                "UPDATE_FAILED",
                "Invalid value 99 for VisibilityTimeout",
            ),
            event("live", stack, "UPDATE_IN_PROGRESS", "User Initiated"),
            event("Api", "AWS::Lambda::Function", "CREATE_FAILED", "long ago"),
        ];
        let rows = read_failures(&xml.concat());
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].item, "TaskQueue (AWS::SQS::Queue)");
        assert_eq!(rows[0].figure, "Invalid value 99 for VisibilityTimeout");
    }

    #[test]
    fn each_reason_has_its_remedy() {
        let remedies = [
            ("no AWS credentials for cloudformation", "aws sso login"),
            (
                "cloudformation answers 403 AccessDenied: User is not authorized",
                "may not look",
            ),
            (
                "cloudformation answers 400 ValidationError: Stack with id x does not exist",
                "list-stacks",
            ),
            (
                "cloudformation answers 403 SignatureDoesNotMatch: expired",
                "clock",
            ),
            ("cloudformation does not answer: connection refused", "VPN"),
        ];
        for (why, remedy) in remedies {
            assert!(mend(why, false).contains(remedy), "{why}");
        }
        assert!(mend("cloudformation does not answer", true).contains("make up"));
    }
}
