//! Certificates and secrets by their age.

use aws_call::Service;
use serde_json::json;

use super::days_since;
use crate::check::{Bounds, Row, State};
use crate::site::Site;

const AREA: &str = "age";
const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";
const SECRET: &str = "AWS::SecretsManager::Secret";

/// In days since the last change. Half a year is what most policies ask for; after two nobody knows who has seen it.
const SECRET_AGE: Bounds = Bounds {
    warn: 180.0,
    fail: 730.0,
};
/// In days until the end. ACM renews 60 days before it; a month before it that has failed
/// (<https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html>).
const RENEWED: f64 = 30.0;
const TOO_LATE: f64 = 7.0;

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let mut rows = Vec::new();
    for certificate in stack.of_kind(CERTIFICATE) {
        let body = json!({"CertificateArn": certificate.physical});
        let answer = caller
            .json(Service::ACM, "DescribeCertificate", &body)
            .await;
        rows.push(
            match answer.map(|answer| answer["Certificate"]["NotAfter"].as_f64()) {
                Err(error) => Row::fail(AREA, certificate.logical.as_str(), domain::causes(&error)),
                Ok(None) => Row::fail(AREA, certificate.logical.as_str(), "not issued yet")
                    .advise("its DNS record for validation is missing"),
                Ok(Some(end)) => judge_certificate(&certificate.logical, -days_since(site, end)),
            },
        );
    }
    if rows.is_empty() {
        rows.push(Row::not_applicable(
            AREA,
            "certificates",
            "this stack has none: AWS's own names are used",
        ));
    }
    for secret in stack.of_kind(SECRET) {
        let body = json!({"SecretId": secret.physical});
        let answer = caller
            .json(Service::SECRETS_MANAGER, "DescribeSecret", &body)
            .await;
        rows.push(match answer {
            Err(error) => Row::fail(AREA, secret.logical.as_str(), domain::causes(&error)),
            Ok(answer) => {
                let changed = ["LastChangedDate", "CreatedDate"].map(|name| answer[name].as_f64());
                match changed.into_iter().flatten().next() {
                    Some(changed) => judge_secret(&secret.logical, days_since(site, changed)),
                    None => {
                        Row::not_applicable(AREA, secret.logical.as_str(), "its age is not told")
                    }
                }
            }
        });
    }
    rows
}

fn judge_certificate(name: &str, days_left: f64) -> Row {
    let state = match days_left {
        left if left < TOO_LATE => State::Fail,
        left if left < RENEWED => State::Warn,
        _ => State::Ok,
    };
    Row::new(AREA, name, state, format!("ends in {days_left} days"))
        .advise("ACM could not renew it: is its DNS record for validation still there?")
        .with("days_left", days_left)
}

fn judge_secret(name: &str, days: f64) -> Row {
    Row::new(
        AREA,
        name,
        SECRET_AGE.judge(days),
        format!("changed {days} days ago"),
    )
    .advise("change it; docs/webhooks.md tells how the root of the webhooks' secrets is rotated")
    .with("age_days", days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_end_and_secrets_grow_old() {
        let certificates = [60.0, 29.0, 6.0].map(|left| judge_certificate("Web", left).state);
        assert_eq!(certificates, [State::Ok, State::Warn, State::Fail]);
        let secrets = [0.0, 180.0, 730.0].map(|days| judge_secret("Root", days).state);
        assert_eq!(secrets, [State::Ok, State::Warn, State::Fail]);
    }
}
