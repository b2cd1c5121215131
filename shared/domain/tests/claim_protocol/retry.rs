//! A retry is worth the name only if the kind runs again, however often it was tried before.

use domain::Status;

use crate::book::Act;
use crate::explore::Graph;
use crate::liveness::fair;
use crate::proofs::prove;
use crate::setting::Setting;
use crate::world::Left;

#[test]
fn a_retried_task_can_complete() {
    let setting = Setting {
        workers: 1,
        left: Left {
            crashes: 2,
            retries: 1,
            ..Left::NONE
        },
        ..Setting::PLAIN
    };
    let (mut model, graph) = prove("retry", setting);
    let completes = |at: usize| {
        let stored = model.book.facts(graph.worlds[at].stored);
        stored.status == Status::Completed
    };
    let hopeful = leading_to(&graph, completes);
    let mut retries = 0;
    for at in 0..graph.len() {
        let edges = model.edges(&graph.worlds[at]);
        let retry = edges.iter().find(|edge| {
            let landed = edge.landed;
            landed.is_some_and(|write| write.act == Act::Retry)
        });
        let Some(retry) = retry else { continue };
        let mut after = fair(&graph, at).filter(|(to, _)| graph.worlds[*to] == retry.next);
        let hope = after.any(|(to, _)| hopeful[to]);
        assert!(hope, "never completes: {:#?}", graph.trace(&mut model, at));
        retries += 1;
    }
    assert!(retries > 0, "nothing is retried");
}

/// From where one of the `goals` can still be reached without another fault.
fn leading_to(graph: &Graph, goals: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut before = vec![vec![]; graph.len()];
    for from in 0..graph.len() {
        for (to, _) in fair(graph, from) {
            before[to].push(from);
        }
    }
    let mut open: Vec<usize> = (0..graph.len()).filter(|at| goals(*at)).collect();
    let mut leads = vec![false; graph.len()];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut leads[at], true) {
            open.extend(&before[at]);
        }
    }
    leads
}
