//! What holds for any text.

use std::sync::{Arc, LazyLock};

use domain::kind::{ProgressSink, Runner};
use domain::task::Progress;
use proptest::prelude::*;
use serde_json::json;
use testkit::build::{self, NOW};
use tokio::runtime::Runtime;

use super::*;

struct Deaf;

impl ProgressSink for Deaf {
    fn report(&self, progress: Progress) {
        assert!(progress.percent <= 100);
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn run(texts: &[String]) -> Value {
    let documents: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| json!({"id": n.to_string(), "text": text}))
        .collect();
    let input = json!({ "documents": documents });
    let context = TaskContext {
        request_id: build::request_id(),
        tenant: build::tenant(),
        started_at: NOW,
        progress: Arc::new(Deaf),
    };
    let kind: &dyn Runner = &super::tests::inline_only();
    RUNTIME.block_on(kind.run(&context, &input)).unwrap()
}

/// Any text: of any characters, of few with a meaning to some rule, or one piece again and again.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("good"),
        Just("TERRIBLE"),
        Just("not"),
        Just("n't"),
        Just("no"),
        Just("but"),
        Just("kind"),
        Just("of"),
        Just("very"),
        Just("never so"),
        Just(":)"),
        Just("😀"),
        Just("❤\u{fe0f}"),
        Just("👨\u{200d}👩"),
        Just("مرحبا"),
        Just("שלום"),
        Just("日本"),
        Just("İ"),
        Just("ß"),
        Just("ies"),
        Just("'s"),
        Just("’"),
        Just("-"),
        Just("."),
        Just("!?"),
        Just(" "),
        Just("\n"),
        Just("\u{0}"),
        Just("\u{202e}"),
        Just("\u{301}"),
    ];
    let said = prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat());
    let spaced = prop::collection::vec("[a-zA-Z']{1,8}|[!-/]{1,3}|\\PC", 0..30);
    prop_oneof![
        any::<String>(),
        "\\PC{0,80}",
        said,
        spaced.prop_map(|words| words.join(" ")),
        (any::<char>(), 0..2_000usize).prop_map(|(c, times)| c.to_string().repeat(times)),
    ]
}

proptest! {
    #[test]
    fn any_texts_have_a_result_within_bounds_and_always_the_same(texts in prop::collection::vec(text(), 1..6)) {
        let result = run(&texts);
        prop_assert_eq!(result["summary"]["count"].as_u64(), Some(texts.len() as u64));
        for document in result["documents"].as_array().unwrap() {
            let sentiment = document["sentiment"].as_f64().unwrap();
            prop_assert!((-1.0..=1.0).contains(&sentiment));
            prop_assert!(document["key_phrases"].as_array().unwrap().len() <= 5);
            let confidence = document["language"]["confidence"].as_f64().unwrap_or_default();
            prop_assert!((0.0..=1.0).contains(&confidence));
        }
        prop_assert_eq!(run(&texts), result);
    }

    #[test]
    fn sixteen_kilobytes_of_one_character_are_no_trouble(c in any::<char>()) {
        let text = c.to_string().repeat(16 * 1024 / c.len_utf8());
        let result = run(&[text]);
        let sentiment = result["documents"][0]["sentiment"].as_f64().unwrap();
        prop_assert!((-1.0..=1.0).contains(&sentiment));
    }
}
