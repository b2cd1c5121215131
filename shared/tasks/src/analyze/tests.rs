use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use domain::kind::{Described as _, ProgressSink, Runner, described};
use domain::task::Progress;
use serde_json::json;
use testkit::build::{self, NOW};
use testkit::memory::{MemoryEvents, MemoryUploads};

use super::*;

#[derive(Default)]
struct Reports(Mutex<Vec<Progress>>);

impl ProgressSink for Reports {
    fn report(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

/// An analysis with nothing behind it but the input.
pub(super) fn inline_only() -> Analyze {
    Analyze::new(AnalyzeNeeds {
        uploads: Arc::new(MemoryUploads::default()),
        texts: Arc::new(MemoryEvents::default()),
        model: None,
        provider: Provider::Builtin,
    })
}

fn context(reports: &Arc<Reports>) -> TaskContext {
    TaskContext {
        request_id: build::request_id(),
        tenant: build::tenant(),
        started_at: NOW,
        progress: reports.clone(),
    }
}

/// The result for texts whose ids are `d0`, `d1` and so on.
async fn analysed(texts: &[&str]) -> Value {
    run(&input(texts)).await.unwrap()
}

fn input(texts: &[&str]) -> Value {
    let documents: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| json!({"id": format!("d{n}"), "text": text}))
        .collect();
    json!({ "documents": documents })
}

async fn run(input: &Value) -> Result<Value, Failure> {
    let kind: &dyn Runner = &inline_only();
    kind.run(&context(&Arc::default()), input).await
}

fn sentiments(result: &Value) -> Vec<f64> {
    let documents = result["documents"].as_array().unwrap();
    let sentiments = documents.iter().map(|d| d["sentiment"].as_f64().unwrap());
    sentiments.collect()
}

fn errors(input: &Value) -> Vec<(String, String)> {
    let errors = described::<Analyze>()
        .validate(input)
        .err()
        .unwrap_or_default();
    errors
        .into_iter()
        .map(|error| (error.field, error.message))
        .collect()
}

const REVIEWS: &[&str] = &[
    "The battery life of this lamp is wonderful, I love it!",
    "Battery life is terrible. It died after an hour and I am angry.",
    "Customer service never answered my letters.",
    "I rang customer service and they were very friendly and helpful.",
    "The box is made of cardboard.",
    "Das Paket kam gestern an und die Anleitung liegt in deutscher Sprache bei.",
];

#[tokio::test]
async fn each_document_is_told_about_and_all_of_them_together() {
    let result = analysed(REVIEWS).await;
    insta::assert_json_snapshot!(result);
}

#[tokio::test]
async fn progress_is_told_by_documents() {
    let reports = Arc::new(Reports::default());
    let kind: &dyn Runner = &inline_only();
    let input = input(&["One.", "Two.", "Three."]);
    kind.run(&context(&reports), &input).await.unwrap();
    let reports = reports.0.lock().unwrap();
    let told: Vec<_> = reports
        .iter()
        .map(|r| (r.percent, r.message.as_str()))
        .collect();
    let expected = [
        (36, "1 of 3 documents"),
        (63, "2 of 3 documents"),
        (90, "3 of 3 documents"),
    ];
    assert_eq!(told, expected);
}

/// Lets the computation go on only as far as the test wants.
struct Gate {
    reports: AtomicUsize,
    open: Mutex<bool>,
    opened: Condvar,
}

impl ProgressSink for Gate {
    fn report(&self, _: Progress) {
        self.reports.fetch_add(1, Ordering::SeqCst);
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
    }
}

#[tokio::test]
async fn a_dropped_analysis_stops_after_its_current_document() {
    let gate = Arc::new(Gate {
        reports: AtomicUsize::new(0),
        open: Mutex::new(false),
        opened: Condvar::new(),
    });
    let context = TaskContext {
        progress: gate.clone(),
        ..context(&Arc::default())
    };
    let kind = inline_only();
    let input = input(&["one"; 50]);
    let begun = async {
        while gate.reports.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = begun => {}
        _ = Runner::run(&kind, &context, &input) => panic!("it ran to its end"),
    }
    *gate.open.lock().unwrap() = true;
    gate.opened.notify_all();
    // The computation's hold on the context ends with it.
    drop(context);
    while Arc::strong_count(&gate) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gate.reports.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn negation_contrast_and_emphasis_count() {
    let texts = [
        "The food was good.",
        "The food was not good.",
        "The food was very good!!!",
        "The food was good but the waiter was awful.",
        "The waiter was awful but the food was good.",
        "I have never had such a good time, without doubt excellent",
        "No problem at all",
        "😍 :)",
        "💔 😠",
    ];
    let s: Vec<_> = texts
        .iter()
        .map(|text| sentiment::sentiment(text))
        .collect();
    assert!(s[0] > 0.3, "{s:?}");
    assert!(s[1] < 0.0, "{s:?}");
    assert!(s[2] > s[0], "{s:?}");
    assert!(s[3] < 0.0 && s[4] > s[3], "{s:?}");
    assert!(s[6] > 0.0, "{s:?}");
    assert!(s[7] > 0.3 && s[8] < -0.1, "{s:?}");
}

#[tokio::test]
async fn texts_in_other_languages_are_judged_by_their_signs_only() {
    let result = analysed(&[
        "Die Lieferung war die schnellste, die wir in diesem Jahr bekommen haben.",
        "La livraison est arrivée hier matin et tout le monde à la maison est content 😍",
        "Вчера мы получили посылку, и теперь все очень довольны покупкой.",
    ])
    .await;
    let codes: Vec<_> = (0..3)
        .map(|n| result["documents"][n]["language"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["de", "fr", "ru"]);
    let sentiments = sentiments(&result);
    assert_eq!((sentiments[0], sentiments[2]), (0.0, 0.0));
    assert!(sentiments[1] > 0.1);
}

#[tokio::test]
async fn short_texts_are_known_by_their_small_words() {
    for (text, code) in [
        ("Customer service never answered my letters.", "en"),
        ("Great product, love it", "en"),
        ("I am very happy with it.", "en"),
        ("Ich bin sehr zufrieden damit.", "de"),
        ("Me encanta este producto, es muy bueno", "es"),
        ("Je suis très content de cet achat", "fr"),
        ("Sono molto contento di questo acquisto", "it"),
        ("Estou muito feliz com esta compra", "pt"),
        ("Ik ben erg blij met deze aankoop", "nl"),
        ("Это очень хорошо", "ru"),
        ("とても良い製品です", "ja"),
        ("这个产品非常好", "zh"),
    ] {
        let result = analysed(&[text]).await;
        assert_eq!(result["documents"][0]["language"]["code"], code, "{text}");
    }
}

#[tokio::test]
async fn a_hint_decides_where_a_text_is_too_short() {
    let texts = |hint: &str| {
        json!({"language": hint, "documents": [
            {"id": "short", "text": "Die Gift"},
            {"id": "none", "text": "12 !?"},
            {"id": "long", "text": "We have been waiting for this parcel since the beginning of the month, and nobody knows where it went."},
        ]})
    };
    let german = run(&texts("de")).await.unwrap();
    let codes: Vec<_> = (0..3)
        .map(|n| german["documents"][n]["language"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["de", "de", "en"]);
    assert_eq!(german["documents"][0]["sentiment"], 0.0);
    let without = analysed(&["12 !?"]).await;
    assert_eq!(without["documents"][0]["language"], Value::Null);
    assert_eq!(without["documents"][0]["key_phrases"], json!([]));
}

#[tokio::test]
async fn documents_that_share_a_phrase_share_a_topic() {
    let result = analysed(&[
        "The invoice number is missing.",
        "Where do I find invoice numbers?",
        "The parcel arrived on Monday.",
        "My parcel is late.",
        "Something else entirely.",
    ])
    .await;
    let topics = &result["summary"]["topics"];
    assert_eq!(topics[0]["label"], "invoice number");
    assert_eq!(topics[0]["documents"], json!(["d0", "d1"]));
    assert_eq!(topics[0]["example"], "The invoice number is missing.");
    assert_eq!(topics[1]["label"], "parcel");
    assert_eq!(topics[1]["documents"], json!(["d2", "d3"]));
    assert_eq!(result["documents"][3]["topic"], "parcel");
    assert!(result["documents"][4].get("topic").is_none());
}

#[test]
fn every_mistake_is_named_by_its_field() {
    let long = "x".repeat(16 * 1024 + 1);
    let many: Vec<_> = (0..1_001)
        .map(|n| json!({"id": format!("d{n}"), "text": ""}))
        .collect();
    for (input, fields) in [
        (json!({}), &[""][..]),
        (json!({"documents": []}), &["documents"]),
        (json!({ "documents": many }), &["documents"]),
        (json!({"documents": "text"}), &["documents"]),
        (json!({"documents": [{"id": "a"}]}), &["documents[0]"]),
        (
            json!({"documents": [{"id": "a", "text": "", "lang": "en"}]}),
            &["documents[0].lang"],
        ),
        (
            json!({"documents": [{"id": 1, "text": ""}]}),
            &["documents[0].id"],
        ),
        (
            json!({"documents": [{"id": "a", "text": ""}, {"id": "a", "text": ""}, {"id": "a b", "text": ""},
                {"id": "", "text": long}]}),
            &[
                "documents[1].id",
                "documents[2].id",
                "documents[3].id",
                "documents[3].text",
            ],
        ),
        (
            json!({"documents": [{"id": "a", "text": ""}], "language": "english"}),
            &["language"],
        ),
        (
            json!({"documents": [{"id": "a", "text": ""}], "provider": "x"}),
            &["provider"],
        ),
    ] {
        let found: Vec<_> = errors(&input).into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, fields, "{input:.200}");
    }
    let empty = errors(&json!({"documents": []}));
    assert_eq!(empty[0].1, "must be 1 to 1000 documents");
}

#[tokio::test]
async fn long_texts_without_full_stops_are_no_trouble() {
    let texts = [
        "x".repeat(MOST_BYTES),
        "great ".repeat(MOST_BYTES / 6),
        "a-b-".repeat(MOST_BYTES / 4),
        "!".repeat(MOST_BYTES),
    ];
    for text in texts {
        let result = analysed(&[&text]).await;
        assert!(sentiments(&result)[0].abs() <= 1.0);
    }
}

const MOST_BYTES: usize = 16 * 1024;
