//! The pool's images in ECR: how old the newest is, and what the scan has found.

use aws_call::Service;
use serde_json::{Value, json};

use super::days_since;
use crate::check::{Bounds, Row, State};
use crate::site::Site;

const AREA: &str = "images";
const KIND: &str = "AWS::ECR::Repository";

/// In days. The base image is mended about monthly; after a quarter known holes are open.
const AGE: Bounds = Bounds {
    warn: 30.0,
    fail: 90.0,
};
const ADVICE: &str = "build and push the image again: `make image` and `make push`";

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let mut rows = Vec::new();
    for repository in stack.of_kind(KIND) {
        let name = &repository.physical;
        let body = json!({"repositoryName": name, "maxResults": 1_000});
        match caller.json(Service::ECR, "DescribeImages", &body).await {
            Err(error) => rows.push(Row::fail(AREA, name.as_str(), domain::causes(&error))),
            Ok(answer) => match newest(&answer) {
                None => rows.push(
                    Row::new(AREA, name.as_str(), State::Warn, "holds no image").advise(ADVICE),
                ),
                Some((pushed, image)) => {
                    rows.push(judge_age(name, days_since(site, pushed)));
                    rows.push(judge_findings(name, image));
                }
            },
        }
    }
    if rows.is_empty() {
        rows.push(Row::not_applicable(
            AREA,
            "all",
            "this stack has no repository: no pool is asked for",
        ));
    }
    rows
}

fn newest(answer: &Value) -> Option<(f64, &Value)> {
    let images = answer["imageDetails"].as_array()?.iter();
    images
        .filter_map(|image| Some((image["imagePushedAt"].as_f64()?, image)))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
}

fn judge_age(name: &str, days: f64) -> Row {
    Row::new(
        AREA,
        name,
        AGE.judge(days),
        format!("newest pushed {days} days ago"),
    )
    .advise(ADVICE)
    .with("age_days", days)
}

fn judge_findings(name: &str, image: &Value) -> Row {
    let item = format!("{name} scan");
    let counts = &image["imageScanFindingsSummary"]["findingSeverityCounts"];
    if !counts.is_object() {
        let why = "not scanned: turn on scanning on push";
        return Row::not_applicable(AREA, item, why);
    }
    let count = |severity: &str| counts[severity].as_f64().unwrap_or_default();
    let (critical, high) = (count("CRITICAL"), count("HIGH"));
    let state = match (critical > 0.0, high > 0.0) {
        (true, _) => State::Fail,
        (_, true) => State::Warn,
        _ => State::Ok,
    };
    Row::new(
        AREA,
        item,
        state,
        format!("{critical} critical, {high} high"),
    )
    .advise(ADVICE)
    .with("critical", critical)
    .with("high", high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_image_is_judged() {
        let findings =
            |critical: u8| json!({"findingSeverityCounts": {"CRITICAL": critical, "HIGH": 1}});
        let answer = json!({"imageDetails": [
            {"imagePushedAt": 10.0, "imageScanFindingsSummary": findings(3)},
            {"imagePushedAt": 20.5, "imageScanFindingsSummary": findings(0)},
        ]});
        let (pushed, image) = newest(&answer).unwrap();
        assert!((pushed - 20.5).abs() < f64::EPSILON);
        assert_eq!(judge_findings("pool", image).state, State::Warn);
        assert_eq!(
            judge_findings("pool", &json!({})).state,
            State::NotApplicable
        );
        assert_eq!(newest(&json!({"imageDetails": []})), None);
        assert_eq!(
            [29.0, 30.0, 90.0].map(|days| judge_age("pool", days).state),
            [State::Ok, State::Warn, State::Fail]
        );
    }
}
