//! Makes chosen calls of the ports go wrong.

use std::future::pending;
use std::sync::Arc;

use domain::ports::PortError;

use super::Kept;

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done; the server is away.
    Unavailable,
    /// Nothing is done; the server does not understand.
    Broken,
    /// Nothing is done; somebody else was faster.
    Conflict,
    /// It is done, but the answer gets lost on the way back.
    LostAnswer,
    /// Nothing is done and the call never returns: whoever waits for it may be dropped.
    HangBefore,
    /// It is done and the call never returns.
    HangAfter,
}

#[derive(Debug)]
struct Plan {
    /// The call's name, for example `tasks.replace`; none for any.
    call: Option<&'static str>,
    /// How many such calls still go right.
    spared: usize,
    /// How many then go wrong.
    count: usize,
    fault: Fault,
}

/// Which calls go wrong. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<State>);

#[derive(Debug, Default)]
struct State {
    plans: Kept<Vec<Plan>>,
    calls: Kept<Vec<&'static str>>,
}

impl Faults {
    /// The `nth` call of that name from now on, counted from 1, goes wrong.
    pub fn on(&self, call: &'static str, nth: usize, fault: Fault) {
        self.plan(Some(call), nth, 1, fault);
    }

    /// All calls of that name go wrong from now on.
    pub fn always(&self, call: &'static str, fault: Fault) {
        self.plan(Some(call), 1, usize::MAX, fault);
    }

    /// The `nth` call of any name from now on, counted from 1, goes wrong.
    pub fn on_any(&self, nth: usize, fault: Fault) {
        self.plan(None, nth, 1, fault);
    }

    /// From now on everything goes right.
    pub fn clear(&self) {
        self.0.plans.lock().clear();
    }

    /// The names of all calls so far.
    pub fn calls(&self) -> Vec<&'static str> {
        self.0.calls.lock().clone()
    }

    /// How often a call of that name was made.
    pub fn count(&self, call: &'static str) -> usize {
        self.calls().iter().filter(|&&made| made == call).count()
    }

    fn plan(&self, call: Option<&'static str>, nth: usize, count: usize, fault: Fault) {
        self.0.plans.lock().push(Plan {
            call,
            spared: nth.saturating_sub(1),
            count,
            fault,
        });
    }

    fn next(&self, call: &'static str) -> Option<Fault> {
        self.0.calls.lock().push(call);
        let mut found = None;
        for plan in self.0.plans.lock().iter_mut() {
            if plan.call.is_some_and(|name| name != call) {
                continue;
            }
            if plan.spared > 0 {
                plan.spared -= 1;
            } else if plan.count > 0 {
                plan.count -= 1;
                found = found.or(Some(plan.fault));
            }
        }
        found
    }

    /// Makes a call, unless it is to go wrong.
    pub(super) async fn around<T>(
        &self,
        call: &'static str,
        act: impl FnOnce() -> Result<T, PortError>,
    ) -> Result<T, PortError> {
        // A real call leaves time for others to get in between.
        tokio::task::yield_now().await;
        match self.next(call) {
            None => act(),
            Some(Fault::Unavailable) => Err(away()),
            Some(Fault::Broken) => Err(PortError::broken("memory", "a planned fault")),
            Some(Fault::Conflict) => Err(PortError::Conflict { what: "memory" }),
            Some(Fault::LostAnswer) => act().and_then(|_| Err(away())),
            Some(Fault::HangBefore) => pending().await,
            Some(Fault::HangAfter) => match act() {
                Ok(_) => pending().await,
                error => error,
            },
        }
    }
}

fn away() -> PortError {
    PortError::unavailable("memory", "a planned fault")
}
