//! Who pays for what is used: the ledger of the work that is going on.
//!
//! Whoever runs a piece of work opens a ledger around its future. Adapters write into the ledger of
//! the future that calls them, without knowing which: it is set whenever that future is polled, and
//! put back when the poll ends. So pieces of work that take turns on one thread never mix, and where
//! nobody opened a ledger nothing is counted. Work that is spawned apart is carried along by
//! [`carried`].

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use crate::Usage;

thread_local! {
    /// The ledger of the future that is being polled on this thread.
    static CURRENT: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

/// Takes what one piece of work uses. Clones are the same ledger.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<Usage>>);

impl Ledger {
    /// Writes down what was used.
    pub fn add(&self, usage: Usage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += usage;
    }

    /// All that was written down so far.
    pub fn total(&self) -> Usage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work, with this ledger open wherever it is polled.
    pub fn around<F: Future>(&self, work: F) -> Charged<F> {
        Charged {
            ledger: Some(self.clone()),
            work: Box::pin(work),
        }
    }

    /// The ledger of the work that is going on here.
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }
}

/// Writes into the ledger of the work that is going on here, if there is any.
pub fn charge(usage: Usage) {
    if let Some(ledger) = Ledger::current() {
        ledger.add(usage);
    }
}

/// Work that goes on apart, such as on a task of its own, at the expense of whoever calls this.
pub fn carried<F: Future>(work: F) -> Charged<F> {
    Charged {
        ledger: Ledger::current(),
        work: Box::pin(work),
    }
}

/// Work with a ledger.
#[derive(Debug)]
pub struct Charged<F> {
    ledger: Option<Ledger>,
    work: Pin<Box<F>>,
}

/// Puts the ledger back that was there before, also where the work panics.
struct Restore(Option<Ledger>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

impl<F: Future> Future for Charged<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _restore = Restore(CURRENT.replace(self.ledger.clone()));
        self.work.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::task::Waker;

    use super::*;

    fn one() -> Usage {
        Usage {
            sqs_requests: 1,
            ..Usage::NONE
        }
    }

    /// Charges once with each poll, and ends with the last of so many.
    async fn work(polls: u64) {
        let mut left = polls;
        poll_fn(|_| {
            charge(one());
            left -= 1;
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    fn poll(work: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        Pin::new(work).poll(&mut context).is_ready()
    }

    #[test]
    fn works_that_take_turns_do_not_mix() {
        let (a, b) = (Ledger::default(), Ledger::default());
        let (mut first, mut second) = (a.around(work(3)), b.around(work(5)));
        let (mut done, mut turns) = (0, 0);
        while done < 2 {
            charge(one());
            turns += 1;
            if turns <= 3 {
                done += u64::from(poll(&mut first));
            }
            done += u64::from(poll(&mut second));
        }
        assert_eq!((a.total().sqs_requests, b.total().sqs_requests), (3, 5));
        assert!(Ledger::current().is_none(), "nothing is left open");
    }

    #[test]
    fn an_inner_ledger_takes_what_happens_inside() {
        let (outer, inner) = (Ledger::default(), Ledger::default());
        let within = inner.clone();
        let mut both = outer.around(async move {
            charge(one());
            within.around(work(1)).await;
            charge(one());
        });
        assert!(poll(&mut both));
        let totals = [outer, inner].map(|ledger| ledger.total().sqs_requests);
        assert_eq!(totals, [2, 1]);
    }

    #[test]
    fn work_that_goes_on_apart_is_carried_along() {
        let (ledger, mut apart) = (Ledger::default(), None);
        assert!(poll(
            &mut ledger.around(async { apart = Some(carried(work(1))) })
        ));
        let mut apart = apart.unwrap();
        let on_another_thread = std::thread::spawn(move || poll(&mut apart));
        assert!(on_another_thread.join().unwrap());
        assert_eq!(ledger.total(), one());
    }

    #[test]
    fn a_panic_closes_the_ledger() {
        let mut work = Ledger::default().around(async { panic!("a defect") });
        let panicked = catch_unwind(AssertUnwindSafe(|| poll(&mut work)));
        assert!(panicked.is_err());
        assert!(Ledger::current().is_none());
    }
}
