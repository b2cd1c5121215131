//! An analysis with a scripted model.

use std::sync::{Arc, Mutex};

use domain::kind::{ProgressSink, Runner, TaskContext};
use domain::model::{Prices, Prompt, Reservation, SpendLimits, TokenUsage};
use domain::task::Progress;
use domain::{Failure, Usd};
use serde_json::{Value, json};
use testkit::build::{self, NOW};
use testkit::memory::{Faults, MemoryEvents, MemorySpending, MemoryUploads, ScriptedModel, Take};

use crate::analyze::model::ModelService;
use crate::analyze::{Analyze, AnalyzeNeeds, Provider};

pub(super) const USAGE: TokenUsage = TokenUsage {
    input: 1_000,
    output: 100,
};

#[derive(Default)]
pub(super) struct Reports(pub(super) Mutex<Vec<Progress>>);

impl ProgressSink for Reports {
    fn report(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

pub(super) struct Scene {
    pub(super) analyze: Analyze,
    pub(super) model: Arc<ScriptedModel>,
    pub(super) spending: Arc<MemorySpending>,
    pub(super) reports: Arc<Reports>,
    pub(super) context: TaskContext,
    pub(super) faults: Faults,
}

pub(super) fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

pub(super) fn is_summary(prompt: &Prompt) -> bool {
    prompt.system.contains("summarise")
}

/// Judges every document of a prompt alike, in parts that end in the middle of lines.
pub(super) fn judge(prompt: &Prompt) -> Take {
    if is_summary(prompt) {
        return Take::Say(vec!["People like ".into(), "it. ".into()], USAGE);
    }
    let lines = prompt.text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let judged = json!({"n": line["n"], "sentiment": 0.5, "key_phrases": ["battery"],
            "entities": [{"type": "person", "text": "Ada"}], "topic": "Battery"});
        format!("{judged}\n")
    });
    let text: String = lines.collect();
    let parts = text
        .as_bytes()
        .chunks(7)
        .map(|part| String::from_utf8(part.to_vec()).unwrap());
    Take::Say(parts.collect(), USAGE)
}

pub(super) fn scene(script: impl Fn(&Prompt) -> Take + Send + Sync + 'static) -> Scene {
    let faults = Faults::default();
    let model = Arc::new(ScriptedModel::new(script));
    let spending = Arc::new(MemorySpending::new(&faults));
    let service = ModelService {
        model: model.clone(),
        id: "vendor.small".into(),
        prices: Prices {
            input: usd("1"),
            output: usd("5"),
        },
        spending: spending.clone(),
        limits: SpendLimits {
            task: usd("1"),
            tenant: usd("2"),
        },
    };
    let reports = Arc::new(Reports::default());
    Scene {
        analyze: Analyze::new(AnalyzeNeeds {
            uploads: Arc::new(MemoryUploads::new(&faults)),
            texts: Arc::new(MemoryEvents::new(&faults)),
            model: Some(service),
            provider: Provider::Builtin,
        }),
        model,
        spending,
        context: TaskContext {
            request_id: build::request_id(),
            tenant: build::tenant(),
            started_at: NOW,
            progress: reports.clone(),
        },
        reports,
        faults,
    }
}

pub(super) fn input(count: usize) -> Value {
    let document = |n| json!({"id": format!("d{n}"), "text": "The battery life is good."});
    let documents: Vec<_> = (0..count).map(document).collect();
    json!({"provider": "bedrock", "documents": documents})
}

impl Scene {
    pub(super) async fn run(&self, input: &Value) -> Result<Value, Failure> {
        Runner::run(&self.analyze, &self.context, input).await
    }

    pub(super) fn reservation(&self) -> Reservation {
        Reservation {
            tenant: self.context.tenant.clone(),
            task: self.context.request_id,
            day: NOW.date(),
            amount: Usd::ZERO,
        }
    }

    pub(super) fn spent(&self) -> Usd {
        self.spending.on_task(&self.reservation())
    }
}
