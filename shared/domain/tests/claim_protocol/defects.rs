//! Each rule is one that can be broken: with a defect planted, the run finds it.

use crate::explore::explore;
use crate::model::Model;
use crate::rules::Rule;
use crate::setting::{Defect, Setting};
use crate::world::Left;

#[track_caller]
fn breaks(defect: Defect, rule: Rule) {
    let setting = Setting {
        left: Left {
            crashes: 1,
            stalls: 1,
            duplicates: 1,
            ..Left::NONE
        },
        updates_wander: true,
        defect: Some(defect),
        ..Setting::PLAIN
    };
    let found = explore(&mut Model::new(setting)).err();
    let broken = found.expect("the defect breaks a rule");
    let trace = broken.trace.join("\n  ");
    println!("{defect:?} breaks {:?}:\n  {trace}", broken.rule);
    assert_eq!(broken.rule, rule);
}

#[test]
fn acknowledging_before_announcing() {
    breaks(Defect::AcknowledgeFirst, Rule::AcknowledgedIsAnnounced);
}

#[test]
fn acknowledging_what_another_worker_does() {
    breaks(Defect::AcknowledgeHeld, Rule::AcknowledgedIsAnnounced);
}

#[test]
fn announcing_before_writing() {
    breaks(Defect::AnnounceFirst, Rule::AnnouncedIsStored);
}

#[test]
fn claiming_in_spite_of_a_lease() {
    breaks(Defect::ClaimIgnoresLease, Rule::LiveLeasesAreKept);
}

#[test]
fn replacing_without_a_condition() {
    breaks(Defect::BlindReplace, Rule::OneVersionPerWrite);
}

#[test]
fn one_token_for_every_claim() {
    breaks(Defect::OneToken, Rule::OneHolder);
}

#[test]
fn renewing_whoever_asks() {
    breaks(Defect::BlindRenew, Rule::OnlyTheHolderRenews);
}

#[test]
fn changing_without_the_lease() {
    breaks(Defect::BlindChange, Rule::OnlyTheHolderWrites);
}

#[test]
fn showing_what_arrives_last() {
    breaks(Defect::NewestArrival, Rule::ClientGoesForward);
}
