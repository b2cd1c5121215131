//! What happens in the end, if everybody who can go on some time does.
//!
//! A way of the system that never settles would, in the end, stay inside one strongly connected
//! part of the situations that are not settled, taking no more faults, as those are finite. It is
//! a fair way if every driver takes a step in that part or is unable to at some point of it. So
//! the protocol settles if and only if there is no such part (weak fairness of every driver).

use crate::explore::{Graph, index};
use crate::model::{Driver, Model};
use crate::world::WORKERS;

/// Everybody who goes on some time.
fn drivers() -> impl Iterator<Item = Driver> {
    let others = [
        Driver::User,
        Driver::Queue,
        Driver::Push,
        Driver::Sweep,
        Driver::Clock,
        Driver::Network,
    ];
    (0..WORKERS).map(Driver::Worker).chain(others)
}

/// The way into a part that a fair system may never leave, if there is one.
pub(crate) fn never_settles(graph: &Graph, model: &mut Model) -> Option<Vec<String>> {
    let settled: Vec<bool> = graph
        .worlds
        .iter()
        .map(|world| model.settled(world))
        .collect();
    let inside = |from: usize| fair(graph, from).filter(|(to, _)| !settled[*to]);
    let parts = crate::parts::parts(graph.len(), |from| !settled[from], &inside);
    let mut part_of = vec![usize::MAX; graph.len()];
    for (part, members) in parts.iter().enumerate() {
        for member in members {
            part_of[index(*member)] = part;
        }
    }
    let stuck = |part: usize| {
        drivers().all(|driver| {
            let members = || parts[part].iter().map(|member| index(*member));
            members().any(|from| {
                let mut own = fair(graph, from).filter(|step| step.1 == driver).peekable();
                own.peek().is_none() || own.any(|(to, _)| part_of[to] == part)
            })
        })
    };
    let stuck = (0..parts.len()).filter(|part| stuck(*part));
    let nearest = stuck.filter_map(|part| parts[part].iter().min()).min()?;
    Some(graph.trace(model, index(*nearest)))
}

/// The steps that somebody takes some time.
pub(crate) fn fair(graph: &Graph, from: usize) -> impl Iterator<Item = (usize, Driver)> {
    let steps = graph.steps(from).iter();
    let fair = steps.filter(|(_, driver)| *driver != Driver::Chance);
    fair.map(|(to, driver)| (index(*to), *driver))
}
