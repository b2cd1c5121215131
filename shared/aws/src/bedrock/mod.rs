//! Models on Amazon Bedrock, asked by `ConverseStream`.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::Builder;
use aws_sdk_bedrockruntime::error::ProvideErrorMetadata;
use aws_sdk_bedrockruntime::operation::converse_stream::{
    ConverseStreamError, ConverseStreamOutput as Stream,
};
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput,
    InferenceConfiguration, Message, SystemContentBlock,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::operation::BuildError;
use domain::model::{Part, Prompt, TokenUsage};
use domain::ports::{Answer, ModelError, TextModel};
use tokio::time::timeout;

use crate::Sdk;
use crate::lazy::Lazy;

/// How long a model may take to begin its answer, and then to its next words.
const BEGIN: Duration = Duration::from_secs(30);
const NEXT: Duration = Duration::from_secs(30);

/// Errors that pass, by their codes
/// (<https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>).
const BUSY: [&str; 3] = [
    "ModelNotReadyException",
    "ServiceQuotaExceededException",
    "ThrottlingException",
];
/// The same for what is tried again sooner.
const AWAY: [&str; 4] = [
    "InternalServerException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
];

/// A model on Bedrock.
#[derive(Debug, Clone)]
pub struct BedrockModel {
    client: Lazy<Client>,
    model_id: String,
}

impl BedrockModel {
    /// The model, or inference profile, of that id.
    ///
    /// Nothing is tried again here: an answer that broke off may have been paid for, and only the
    /// task knows whether it can be paid once more.
    pub fn new(sdk: &Sdk, model_id: impl Into<String>) -> Self {
        let time_limits = TimeoutConfig::builder()
            .operation_attempt_timeout(BEGIN)
            .operation_timeout(BEGIN)
            .build();
        let config = Builder::from(&sdk.config)
            .timeout_config(time_limits)
            .retry_config(RetryConfig::disabled())
            .build();
        Self {
            client: Lazy::new(move || Client::from_conf(config)),
            model_id: model_id.into(),
        }
    }
}

#[async_trait]
impl TextModel for BedrockModel {
    async fn answer(&self, prompt: &Prompt) -> Result<Box<dyn Answer>, ModelError> {
        let most_tokens = i32::try_from(prompt.most_tokens).unwrap_or(i32::MAX);
        let inference = InferenceConfiguration::builder();
        // The least random: the same texts are to be judged the same way.
        let inference = inference.max_tokens(most_tokens).temperature(0.0);
        let asked = self.client.converse_stream().model_id(&self.model_id);
        let asked = asked
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .messages(message(&prompt.text).map_err(refused)?)
            .inference_config(inference.build());
        match asked.send().await {
            Ok(stream) => Ok(Box::new(Streamed {
                stream,
                usage: None,
            })),
            Err(error) => Err(meaning(error, ConverseStreamError::code)),
        }
    }
}

fn message(text: &str) -> Result<Message, BuildError> {
    let message = Message::builder().role(ConversationRole::User);
    message.content(ContentBlock::Text(text.into())).build()
}

struct Streamed {
    stream: Stream,
    usage: Option<TokenUsage>,
}

#[async_trait]
impl Answer for Streamed {
    /// The usage comes last on the wire; only the end of the stream says that it is whole.
    async fn next(&mut self) -> Result<Part, ModelError> {
        loop {
            let event = timeout(NEXT, self.stream.stream.recv()).await;
            match event.map_err(|error| ModelError::Unavailable(error.into()))? {
                Ok(Some(ConverseStreamOutput::ContentBlockDelta(event))) => {
                    if let Some(ContentBlockDelta::Text(text)) = event.delta {
                        return Ok(Part::Text(text));
                    }
                }
                Ok(Some(ConverseStreamOutput::Metadata(event))) => {
                    let usage = event.usage.ok_or_else(|| broken_off("no usage was told"))?;
                    self.usage = Some(TokenUsage {
                        input: u64::try_from(usage.input_tokens).unwrap_or_default(),
                        output: u64::try_from(usage.output_tokens).unwrap_or_default(),
                    });
                }
                Ok(Some(_)) => {}
                Ok(None) => {
                    let usage = self.usage.take();
                    let end = usage.ok_or_else(|| broken_off("the stream ended early"))?;
                    return Ok(Part::End(end));
                }
                Err(error) => return Err(meaning(error, code)),
            }
        }
    }
}

fn broken_off(what: &'static str) -> ModelError {
    ModelError::Unavailable(what.into())
}

fn refused(error: impl Error + Send + Sync + 'static) -> ModelError {
    ModelError::Refused(error.into())
}

/// An exception within a stream tells its code by its frame alone, which the SDK keeps as the kind of
/// error and nowhere else.
fn code(error: &ConverseStreamOutputError) -> Option<&str> {
    match error {
        ConverseStreamOutputError::ThrottlingException(_) => Some("ThrottlingException"),
        ConverseStreamOutputError::InternalServerException(_) => Some("InternalServerException"),
        ConverseStreamOutputError::ModelStreamErrorException(_) => {
            Some("ModelStreamErrorException")
        }
        ConverseStreamOutputError::ServiceUnavailableException(_) => {
            Some("ServiceUnavailableException")
        }
        other => other.code(),
    }
}

/// The same for errors before an answer and in it. The raw response, which may hold a tenant's
/// texts, is left behind.
fn meaning<E, R>(error: SdkError<E, R>, code: fn(&E) -> Option<&str>) -> ModelError
where
    E: Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let kind: fn(Box<dyn Error + Send + Sync>) -> ModelError = match &error {
        SdkError::DispatchFailure(failure) if failure.is_user() => ModelError::Refused,
        SdkError::ConstructionFailure(_) => ModelError::Refused,
        SdkError::ServiceError(context) => match code(context.err()) {
            Some(code) if BUSY.contains(&code) => ModelError::Busy,
            Some(code) if AWAY.contains(&code) => ModelError::Unavailable,
            _ => ModelError::Refused,
        },
        // Lost, late or garbled on the way.
        _ => ModelError::Unavailable,
    };
    kind(error.into_source().unwrap_or_else(Into::into))
}

#[cfg(test)]
mod replay;
#[cfg(test)]
mod tests;
