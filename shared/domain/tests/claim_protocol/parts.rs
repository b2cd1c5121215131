//! The strongly connected parts of a graph, by Tarjan's algorithm without recursion.

use crate::explore::number;
use crate::model::Driver;

const UNSEEN: u32 = u32::MAX;

struct Search {
    seen: Vec<u32>,
    low: Vec<u32>,
    waiting: Vec<u32>,
    is_waiting: Vec<bool>,
    count: u32,
    parts: Vec<Vec<u32>>,
}

/// The parts of the nodes for which `keep` holds, linked by `steps`.
pub(crate) fn parts<I: Iterator<Item = (usize, Driver)>>(
    nodes: usize,
    keep: impl Fn(usize) -> bool,
    steps: &impl Fn(usize) -> I,
) -> Vec<Vec<u32>> {
    let mut search = Search {
        seen: vec![UNSEEN; nodes],
        low: vec![UNSEEN; nodes],
        waiting: vec![],
        is_waiting: vec![false; nodes],
        count: 0,
        parts: vec![],
    };
    for node in (0..nodes).filter(|node| keep(*node)) {
        if search.seen[node] == UNSEEN {
            search.visit(node, steps);
        }
    }
    search.parts
}

impl Search {
    fn visit<I: Iterator<Item = (usize, Driver)>>(
        &mut self,
        root: usize,
        steps: &impl Fn(usize) -> I,
    ) {
        let mut way = vec![(root, self.enter(root, steps))];
        while let Some((node, ahead)) = way.last_mut() {
            let node = *node;
            match ahead.next() {
                Some((to, _)) if self.seen[to] == UNSEEN => way.push((to, self.enter(to, steps))),
                Some((to, _)) if self.is_waiting[to] => {
                    self.low[node] = self.low[node].min(self.seen[to]);
                }
                Some(_) => {}
                None => {
                    way.pop();
                    if let Some((before, _)) = way.last() {
                        self.low[*before] = self.low[*before].min(self.low[node]);
                    }
                    self.leave(node);
                }
            }
        }
    }

    fn enter<I>(&mut self, node: usize, steps: &impl Fn(usize) -> I) -> I {
        self.seen[node] = self.count;
        self.low[node] = self.count;
        self.count += 1;
        self.waiting.push(number(node));
        self.is_waiting[node] = true;
        steps(node)
    }

    /// Where nothing behind a node leads further back than to itself, it closes a part.
    fn leave(&mut self, node: usize) {
        if self.low[node] != self.seen[node] {
            return;
        }
        let mut part = vec![];
        while let Some(member) = self.waiting.pop() {
            self.is_waiting[crate::explore::index(member)] = false;
            part.push(member);
            if member == number(node) {
                break;
            }
        }
        self.parts.push(part);
    }
}
