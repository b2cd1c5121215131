//! An export over ports in memory.

use std::sync::{Arc, Mutex};

use domain::export::Row;
use domain::kind::{Described as _, FieldError, ProgressSink, Runner, TaskContext, described};
use domain::task::Progress;
use domain::{Failure, TenantId};
use serde_json::Value;
use testkit::build::{self, NOW};
use testkit::memory::{CannedSource, Faults, MemoryFiles, MemoryResults, MemoryTasks};

use super::{Export, ExportNeeds, OpenUploads};

#[derive(Default)]
struct Reports(Mutex<Vec<Progress>>);

impl ProgressSink for Reports {
    fn report(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

/// What is wrong with an input.
pub(super) fn errors(input: &Value) -> Vec<FieldError> {
    let checked = described::<Export>().validate(input);
    checked.err().unwrap_or_default()
}

/// A tenant's exports.
pub(super) struct Scene {
    pub(super) faults: Faults,
    pub(super) source: Arc<CannedSource>,
    pub(super) tasks: Arc<MemoryTasks>,
    pub(super) results: Arc<MemoryResults>,
    pub(super) files: Arc<MemoryFiles>,
    pub(super) uploads: OpenUploads,
    pub(super) context: TaskContext,
    pub(super) kind: Arc<Export>,
    reports: Arc<Reports>,
}

impl Scene {
    /// Both stores give these rows.
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let faults = Faults::default();
        Self::over(CannedSource::new(rows, &faults), faults)
    }

    /// Both stores are this one.
    pub(super) fn over(source: CannedSource, faults: Faults) -> Self {
        let source = Arc::new(source);
        let tasks = Arc::new(MemoryTasks::new(&faults));
        let results = Arc::new(MemoryResults::new(&faults));
        let files = Arc::new(MemoryFiles::new(&faults));
        let (uploads, reports) = (OpenUploads::default(), Arc::new(Reports::default()));
        let needs = ExportNeeds {
            events: source.clone(),
            activity: source.clone(),
            index: tasks.clone(),
            tasks: tasks.clone(),
            results: results.clone(),
            files: files.clone(),
            uploads: uploads.clone(),
        };
        let context = TaskContext {
            request_id: build::request_id(),
            tenant: TenantId::new("acme").unwrap(),
            started_at: NOW,
            progress: reports.clone(),
        };
        Self {
            faults,
            source,
            tasks,
            results,
            files,
            uploads,
            context,
            kind: Arc::new(Export::new(needs)),
            reports,
        }
    }

    pub(super) async fn run(&self, input: Value) -> Result<Value, Failure> {
        let kind: &dyn Runner = &*self.kind;
        kind.run(&self.context, &input).await
    }

    /// The result, and what is in the file.
    pub(super) async fn export(&self, input: Value) -> (Value, Vec<u8>) {
        let result = self.run(input).await.unwrap();
        let name = result["file_name"].as_str().unwrap();
        let id = self.context.request_id;
        let key = format!("acme/exports/{id}/{name}");
        let (file, content) = self.files.file(&key).expect("the file is there");
        assert_eq!(file.name, name);
        assert_eq!(result["bytes"], content.len());
        assert_eq!(self.files.unfinished(), [""; 0]);
        assert_eq!(self.uploads.count(), 0);
        (result, content)
    }

    pub(super) fn progress(&self) -> Vec<(u8, String)> {
        let reports = self.reports.0.lock().unwrap();
        let reports = reports.iter();
        reports.map(|p| (p.percent, p.message.clone())).collect()
    }
}
