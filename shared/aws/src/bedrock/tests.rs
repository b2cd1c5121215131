use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use domain::causes;
use serde_json::json;
use testkit::contract::text_model;
use testkit::memory::Take;

use super::replay::{Replay, Wire, event, exception};
use super::*;

/// A model behind the server, which lives as long as it.
struct Played {
    model: BedrockModel,
    server: Replay,
}

#[async_trait]
impl TextModel for Played {
    async fn answer(&self, prompt: &Prompt) -> Result<Box<dyn Answer>, ModelError> {
        self.model.answer(prompt).await
    }
}

async fn played(wire: Wire) -> Played {
    let server = Replay::of(wire).await;
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(&server.url)
        .build();
    let sdk = Sdk::of(config);
    Played {
        model: BedrockModel::new(&sdk, "eu.vendor.small-1:0"),
        server,
    }
}

fn prompt() -> Prompt {
    Prompt {
        system: "Be short.".into(),
        text: "How are you?".into(),
        most_tokens: 64,
    }
}

/// What an answer came to after its words.
async fn end(wire: Wire) -> Result<TokenUsage, ModelError> {
    let played = played(wire).await;
    let mut answer = played.answer(&prompt()).await?;
    loop {
        if let Part::End(usage) = answer.next().await? {
            return Ok(usage);
        }
    }
}

#[tokio::test]
async fn bedrock_is_a_text_model() {
    text_model::all(async |take: Take| played(Wire::of(&take)).await).await;
}

#[tokio::test]
async fn a_model_is_asked_once_and_as_the_api_wants_it() {
    let played = played(Wire::of(&Take::Busy)).await;
    let _ = played.answer(&prompt()).await;
    let requests = played.server.requests();
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": "How are you?"}]}],
        "system": [{"text": "Be short."}],
        "inferenceConfig": {"maxTokens": 64, "temperature": 0.0},
    });
    let line = "POST /model/eu.vendor.small-1%3A0/converse-stream HTTP/1.1";
    assert_eq!(requests, [(line.to_owned(), body)]);
}

#[tokio::test]
async fn each_refusal_has_its_meaning() {
    for (status, code, expected) in [
        ("429 Too Many Requests", "ModelNotReadyException", "busy"),
        ("400 Bad Request", "ServiceQuotaExceededException", "busy"),
        (
            "500 Internal Server Error",
            "InternalServerException",
            "away",
        ),
        ("408 Request Timeout", "ModelTimeoutException", "away"),
        ("424 Failed Dependency", "ModelErrorException", "refused"),
        ("403 Forbidden", "AccessDeniedException", "refused"),
        ("404 Not Found", "ResourceNotFoundException", "refused"),
        ("403 Forbidden", "UnrecognizedClientException", "refused"),
    ] {
        let found = match end(Wire::refusal(status, code)).await {
            Err(ModelError::Busy(_)) => "busy",
            Err(ModelError::Unavailable(_)) => "away",
            Err(ModelError::Refused(_)) => "refused",
            Ok(_) => "answered",
        };
        assert_eq!(found, expected, "{code}");
    }
}

#[tokio::test]
async fn exceptions_in_a_stream_have_the_same_meaning() {
    for (name, expected) in [
        ("throttlingException", "busy"),
        ("serviceUnavailableException", "away"),
        ("modelStreamErrorException", "away"),
        ("internalServerException", "away"),
        ("validationException", "refused"),
    ] {
        let found = match end(Wire::stream(vec![exception(name)], true)).await {
            Err(ModelError::Busy(_)) => "busy",
            Err(ModelError::Unavailable(_)) => "away",
            Err(ModelError::Refused(_)) => "refused",
            Ok(_) => "answered",
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_is_no_whole_answer() {
    let usage = TokenUsage {
        input: 9,
        output: 3,
    };
    let whole = Wire::of(&Take::Say(vec!["Fine.".into()], usage));
    assert_eq!(end(whole).await.unwrap(), usage);
    let delta = event(
        "contentBlockDelta",
        &json!({"contentBlockIndex": 0, "delta": {"text": "Fi"}}),
    );
    let mut garbled = delta.clone();
    // The checksum no longer fits.
    garbled[20] ^= 1;
    for (what, wire) in [
        (
            "cut in a frame",
            Wire::stream(vec![delta[..delta.len() / 2].to_vec()], false),
        ),
        (
            "ended in a frame",
            Wire::stream(vec![delta[..delta.len() / 2].to_vec()], true),
        ),
        (
            "ended without usage",
            Wire::stream(vec![delta.clone()], true),
        ),
        (
            "cut between frames",
            Wire::stream(vec![delta.clone()], false),
        ),
        ("garbled", Wire::stream(vec![garbled], true)),
    ] {
        let outcome = end(wire).await;
        assert!(
            matches!(outcome, Err(ModelError::Unavailable(_))),
            "{what}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn reasons_are_kept_for_the_log_and_the_texts_are_not() {
    let error = end(Wire::of(&Take::Refuse)).await.unwrap_err();
    let words = causes(&error);
    assert!(words.contains("Why, in AWS's words."), "{words}");
    assert!(!format!("{error:?}").contains("How are you?"), "{error:?}");
}
