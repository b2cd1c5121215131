//! What is pushed of a batch, in which order.

use domain::ports::Announcement;
use domain::task::Status;
use proptest::prelude::*;
use testkit::build;

use super::scene::scene;
use crate::push_updates::select;

fn any_batch() -> impl Strategy<Value = Vec<Announcement>> {
    let scene = scene();
    let tasks: Vec<_> = (0..3).map(|_| build::request_id()).collect();
    let one = (0..3_usize, 1..8_u64, 0..3_u8).prop_map(move |(task, version, what)| Announcement {
        request_id: tasks[task],
        ..match what {
            0 => scene.progress(version),
            1 => scene.update(version, Status::Processing, None),
            _ => scene.end(version),
        }
    });
    prop::collection::vec(one, 0..20)
}

proptest! {
    #[test]
    fn only_overtaken_progress_and_repetitions_are_left_out(batch in any_batch()) {
        let order = select::in_order(&batch);
        let key = |n: usize| (batch[n].request_id, batch[n].update.version);
        prop_assert!(order.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        for (n, left_out) in batch.iter().enumerate().filter(|(n, _)| !order.contains(n)) {
            let repeated = batch[..n].iter().any(|earlier| {
                (earlier.request_id, earlier.update.version) == key(n)
            });
            let overtaken = left_out.update.progress.is_some() && batch.iter().any(|newer| {
                newer.request_id == left_out.request_id
                    && newer.update.version > left_out.update.version
            });
            prop_assert!(repeated || overtaken);
        }
        for n in &order {
            let newest = batch.iter().filter(|one| one.request_id == batch[*n].request_id);
            let newest = newest.map(|one| one.update.version).max();
            let progress = batch[*n].update.progress.is_some();
            prop_assert!(!progress || newest == Some(batch[*n].update.version));
        }
    }
}
