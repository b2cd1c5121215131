//! Visits every situation that can come about, nearest first, and checks each step on the way.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::book::Facts;
use crate::hash::Fast;
use crate::model::{Driver, Edge, Event, Model};
use crate::rules::Rule;
use crate::world::World;

/// Where a run is stopped as too large to be useful.
const MOST: usize = 4_000_000;

/// All situations and the steps between them.
pub(crate) struct Graph {
    pub(crate) worlds: Vec<World>,
    /// From where each was first reached; the start is its own.
    from: Vec<u32>,
    /// Where the steps of each begin in `steps`; one more at the end.
    first: Vec<u32>,
    steps: Vec<(u32, Driver)>,
}

/// How a rule is broken, by the fewest steps.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) trace: Vec<String>,
}

impl Graph {
    pub(crate) fn len(&self) -> usize {
        self.worlds.len()
    }

    pub(crate) fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Where one can go from here, and who does it.
    pub(crate) fn steps(&self, from: usize) -> &[(u32, Driver)] {
        let bounds = &self.first[from..=from + 1];
        &self.steps[index(bounds[0])..index(bounds[1])]
    }

    /// What happened on the shortest way to a situation.
    pub(crate) fn trace(&self, model: &mut Model, to: usize) -> Vec<String> {
        let mut way = vec![to];
        while let Some(&at) = way.last().filter(|at| **at != 0) {
            way.push(index(self.from[at]));
        }
        way.reverse();
        let told = way.windows(2).filter_map(|pair| {
            let [before, after] = [pair[0], pair[1]].map(|at| self.worlds[at]);
            let edges = model.edges(&before);
            let edge = edges.iter().find(|edge| edge.next == after);
            edge.map(|edge| tell(model, edge))
        });
        told.collect()
    }
}

/// The line of a trace for one step: who, what, and what is stored and shown after it.
fn tell(model: &Model, edge: &Edge) -> String {
    let who = match edge.worker {
        Some(w) => format!("worker {w}"),
        None => format!("{:?}", edge.driver),
    };
    let Facts {
        version, status, ..
    } = model.book.facts(edge.next.stored);
    let shown = edge.next.shown;
    let what = what(model, edge.event);
    let status = status.name();
    format!("{who}: {what} [stored {version} {status}, shown {shown}]")
}

/// An event, its task by version.
fn what(model: &Model, event: Event) -> String {
    let version = |task| model.book.facts(task).version;
    match event {
        Event::Announce(task, answer) => format!("Announce({}, {answer:?})", version(task)),
        Event::Acknowledge(task) => format!("Acknowledge({})", version(task)),
        Event::AcknowledgeInVain(task) => format!("AcknowledgeInVain({})", version(task)),
        other => format!("{other:?}"),
    }
}

/// Visits everything, or stops at the first broken rule.
pub(crate) fn explore(model: &mut Model) -> Result<Graph, Broken> {
    let start = model.start();
    let mut numbers: HashMap<World, u32, BuildHasherDefault<Fast>> = HashMap::default();
    numbers.insert(start, 0);
    let mut graph = Graph {
        worlds: vec![start],
        from: vec![0],
        first: vec![0],
        steps: vec![],
    };
    let mut at = 0;
    while at < graph.len() {
        let world = graph.worlds[at];
        for edge in model.edges(&world) {
            if let Some(rule) = model.broken(&world, &edge) {
                let mut trace = graph.trace(model, at);
                trace.push(tell(model, &edge));
                return Err(Broken { rule, trace });
            }
            if edge.next == world {
                continue;
            }
            let next = *numbers.entry(edge.next).or_insert_with(|| {
                graph.worlds.push(edge.next);
                graph.from.push(number(at));
                number(graph.worlds.len() - 1)
            });
            graph.steps.push((next, edge.driver));
        }
        graph.first.push(number(graph.steps.len()));
        assert!(graph.len() < MOST, "more than {MOST} situations");
        at += 1;
    }
    Ok(graph)
}

pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
