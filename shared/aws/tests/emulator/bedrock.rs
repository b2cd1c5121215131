//! The frames of another implementation than the one that our own replays use.

use aws::bedrock::BedrockModel;
use domain::model::{Part, Prompt};
use domain::ports::TextModel;

use crate::place::local;

#[tokio::test]
async fn a_model_of_the_emulator_answers() {
    let model = BedrockModel::new(&local().await.sdk, "anthropic.claude-3-haiku-20240307-v1:0");
    let prompt = Prompt {
        system: "Be short.".into(),
        text: "How are you?".into(),
        most_tokens: 20,
    };
    let mut answer = model.answer(&prompt).await.unwrap();
    let mut said = String::new();
    let usage = loop {
        match answer.next().await.unwrap() {
            Part::Text(text) => said += &text,
            Part::End(usage) => break usage,
        }
    };
    assert!(!said.is_empty());
    assert!(usage.input > 0 && usage.output > 0, "{usage:?}");
}
