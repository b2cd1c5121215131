use domain::TenantId;
use proptest::prelude::*;
use serde_json::json;
use testkit::ambient::FixedClock;
use testkit::build::{self, NOW};
use testkit::memory::{
    Fault, Faults, MemoryCallbackQueue, MemoryTaskQueue, MemoryTasks, MemoryUpdateQueue,
};

use super::*;
use crate::Compute;
use crate::announce::Announcer;

mod kinds {
    use async_trait::async_trait;
    use domain::Failure;
    use domain::kind::{FieldError, Kind, TaskContext};
    use serde_json::{Map, Value};

    pub(super) struct Inside;
    pub(super) struct Outside;

    #[async_trait]
    impl Kind for Inside {
        const NAME: &'static str = "inside";
        const COST_DRIVERS: &'static str = "nothing";
        type Input = Map<String, Value>;
        fn check(_: &Self::Input) -> Result<(), Vec<FieldError>> {
            Ok(())
        }
        async fn run(&self, _: &TaskContext, _: Self::Input) -> Result<Value, Failure> {
            Ok(Value::Null)
        }
    }

    #[async_trait]
    impl Kind for Outside {
        const NAME: &'static str = "outside";
        const COST_DRIVERS: &'static str = "nothing";
        const OUTSIDE: bool = true;
        type Input = Map<String, Value>;
        fn check(_: &Self::Input) -> Result<(), Vec<FieldError>> {
            Ok(())
        }
        async fn run(&self, _: &TaskContext, _: Self::Input) -> Result<Value, Failure> {
            Err(Failure::permanent("runs_outside", "never called"))
        }
    }
}

struct Scene {
    report: ReportTask,
    tasks: Arc<MemoryTasks>,
    updates: Arc<MemoryUpdateQueue>,
    queue: Arc<MemoryTaskQueue>,
    clock: Arc<FixedClock>,
    faults: Faults,
    tenant: TenantId,
}

fn scene() -> Scene {
    let faults = Faults::default();
    let tasks = Arc::new(MemoryTasks::new(&faults));
    let updates = Arc::new(MemoryUpdateQueue::new(&faults));
    let queue = Arc::new(MemoryTaskQueue::new(&faults));
    let clock = Arc::new(FixedClock::at(NOW));
    let report = ReportTask {
        catalogue: Catalogue::default()
            .with::<kinds::Inside>()
            .with::<kinds::Outside>(),
        tasks: tasks.clone(),
        announce: AnnounceChange {
            announcer: Announcer {
                updates: updates.clone(),
                callbacks: Arc::new(MemoryCallbackQueue::new(&faults)),
            },
            queue: queue.clone(),
        },
        compute: Compute::lambda(256),
        clock: clock.clone(),
    };
    Scene {
        report,
        tasks,
        updates,
        queue,
        clock,
        faults,
        tenant: build::tenant(),
    }
}

impl Scene {
    fn task(&self, kind: &str) -> RequestId {
        let task = build::task(&self.tenant, kind, json!({}));
        let id = task.request_id;
        self.tasks.put(task);
        id
    }

    fn stored(&self, id: RequestId) -> Task {
        self.tasks.get(id).unwrap()
    }
}

fn done() -> TaskReport {
    TaskReport::Completed(json!({"rows": 3}))
}

fn broken() -> TaskReport {
    TaskReport::Failed(Failure::permanent("no_such_page", "the page is gone"))
}

fn half() -> TaskReport {
    TaskReport::Working(Some(Progress {
        percent: 50,
        message: "halfway".into(),
    }))
}

#[tokio::test]
async fn a_task_goes_from_the_first_report_to_its_end() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    for (report, version) in [(TaskReport::Working(None), 2), (half(), 3), (half(), 4)] {
        let task = scene.report.run(&worker, id, &report).await.unwrap();
        assert_eq!(task.version, version);
    }
    let task = scene.report.run(&worker, id, &done()).await.unwrap();
    assert_eq!(
        (task.status(), task.version, task.attempt),
        (Status::Completed, 5, 1)
    );
    let announced = scene.updates.take();
    let versions: Vec<_> = announced.iter().map(|one| one.update.version).collect();
    assert_eq!(versions, [2, 3, 4, 5]);
    assert_eq!(announced[3].result, task.state.result().cloned());
}

#[tokio::test]
async fn one_report_can_take_a_task_and_end_it() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    for (report, status) in [(done(), Status::Completed), (broken(), Status::Failed)] {
        let id = scene.task("outside");
        let task = scene.report.run(&worker, id, &report).await.unwrap();
        assert_eq!((task.status(), task.version), (status, 3));
        assert_eq!(scene.stored(id), task);
    }
}

#[tokio::test]
async fn an_end_told_twice_is_told_again_and_never_changed() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    let first = scene.report.run(&worker, id, &done()).await.unwrap();
    let again = scene.report.run(&worker, id, &done()).await.unwrap();
    assert_eq!(first, again);
    for report in [half(), broken(), TaskReport::Completed(json!(7))] {
        let refused = scene.report.run(&worker, id, &report).await;
        assert!(matches!(
            refused,
            Err(ReportTaskError::Ended(Status::Completed))
        ));
    }
    assert_eq!(scene.stored(id), first);
}

#[tokio::test]
async fn of_two_workers_one_has_the_task_until_its_lease_ends() {
    let scene = scene();
    let (first, second) = (
        build::identity(&scene.tenant),
        build::identity(&scene.tenant),
    );
    let id = scene.task("outside");
    scene.report.run(&first, id, &half()).await.unwrap();
    let refused = scene.report.run(&second, id, &done()).await;
    assert!(matches!(refused, Err(ReportTaskError::Held { until }) if until == NOW + LEASE));
    scene.clock.advance(LEASE);
    let taken = scene.report.run(&second, id, &half()).await.unwrap();
    assert_eq!(taken.attempt, 2);
    let late = scene.report.run(&first, id, &done()).await;
    assert!(matches!(late, Err(ReportTaskError::Held { .. })));
}

#[tokio::test]
async fn tasks_of_ours_and_of_others_are_left_alone() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("inside");
    let refused = scene.report.run(&worker, id, &done()).await;
    assert!(matches!(refused, Err(ReportTaskError::NotOutside { .. })));
    let id = scene.task("outside");
    let stranger = build::identity(&build::tenant());
    let refused = scene.report.run(&stranger, id, &done()).await;
    assert!(matches!(refused, Err(ReportTaskError::Unknown)));
    assert_eq!(scene.stored(id).version, 1);
}

#[tokio::test]
async fn a_lost_answer_is_mended_by_reporting_again() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    scene.faults.on("tasks.replace", 1, Fault::LostAnswer);
    assert!(scene.report.run(&worker, id, &done()).await.is_err());
    let task = scene.report.run(&worker, id, &done()).await.unwrap();
    assert_eq!(task.version, 3);
    assert_eq!(scene.updates.take().len(), 1);
}

#[tokio::test]
async fn a_push_side_that_is_away_refuses_no_report() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    scene.faults.always("updates.send", Fault::Unavailable);
    assert!(scene.report.run(&worker, id, &half()).await.is_ok());
    assert_eq!(scene.queue.take(), []);
    assert!(scene.report.run(&worker, id, &done()).await.is_ok());
    assert_eq!(scene.queue.take(), [(scene.tenant.clone(), id)]);
}

#[tokio::test]
async fn an_end_that_nobody_can_be_told_of_is_told_when_it_is_reported_again() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    scene.faults.on("updates.send", 1, Fault::Unavailable);
    scene.faults.on("queue.send", 1, Fault::Unavailable);
    let refused = scene.report.run(&worker, id, &done()).await;
    assert!(matches!(refused, Err(ReportTaskError::Store(_))));
    assert_eq!(scene.stored(id).status(), Status::Completed);
    scene.report.run(&worker, id, &done()).await.unwrap();
    let told = scene.updates.take();
    assert_eq!(told[0].update.status, Status::Completed);
}

#[tokio::test]
async fn a_result_has_a_largest_size() {
    let scene = scene();
    let worker = build::identity(&scene.tenant);
    let id = scene.task("outside");
    let large = TaskReport::Completed(json!("x".repeat(INLINE_LIMIT)));
    let refused = scene.report.run(&worker, id, &large).await;
    assert!(matches!(refused, Err(ReportTaskError::TooLarge { .. })));
}

#[derive(Debug, Clone)]
enum Step {
    Report(usize, TaskReport),
    Wait(i64),
    Cancel,
}

fn any_step() -> impl Strategy<Value = Step> {
    let report = prop_oneof![
        2 => Just(TaskReport::Working(None)),
        3 => Just(half()),
        1 => Just(done()),
        1 => Just(broken()),
    ];
    prop_oneof![
        8 => (0..3_usize, report).prop_map(|(worker, report)| Step::Report(worker, report)),
        2 => (0..400_i64).prop_map(Step::Wait),
        1 => Just(Step::Cancel),
    ]
}

proptest! {
    /// In any order of reports: versions rise by one, at most two for a report; an end stays; of
    /// all workers only the holder moves a task on while its lease lasts.
    #[test]
    fn reports_keep_the_tasks_rules(steps in prop::collection::vec(any_step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let scene = scene();
            let workers: Vec<_> = (0..3).map(|_| build::identity(&scene.tenant)).collect();
            let id = scene.task("outside");
            for step in steps {
                let before = scene.stored(id);
                let now = scene.clock.now();
                match step {
                    Step::Wait(seconds) => scene.clock.advance(Duration::seconds(seconds)),
                    Step::Cancel => {
                        let mut task = before.clone();
                        if task.cancel(now).is_ok() {
                            scene.tasks.put(task);
                        }
                    }
                    Step::Report(worker, report) => {
                        let token = token_of(&workers[worker]);
                        let held_by_other = matches!(&before.state,
                            State::Running { lease } if lease.token != token && lease.until > now);
                        let outcome = scene.report.run(&workers[worker], id, &report).await;
                        let after = scene.stored(id);
                        if before.status().is_terminal() || held_by_other {
                            prop_assert_eq!(&after, &before);
                            prop_assert!(outcome.is_err() || is_repeated(&before, &report));
                        } else {
                            prop_assert!(outcome.is_ok(), "{:?}", outcome);
                            let rise = after.version - before.version;
                            prop_assert!((1..=2).contains(&rise));
                            prop_assert_eq!(after.attempt - before.attempt, u32::from(
                                !matches!(&before.state, State::Running { lease } if lease.token == token)
                            ));
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
}
