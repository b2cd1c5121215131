//! Counts what calls use into the ledger of the work that makes them.
//!
//! | service | what is counted | when |
//! |---|---|---|
//! | `DynamoDB` | the units that it says it consumed, which every call asks for (`capacity`) | with the answer |
//! | SQS | one request for each 64 KB of its body begun | with each try that is answered |
//! | S3 | the request, by its price class, and the bytes of both bodies (`objects`) | the same |
//!
//! Every client is made by [`Sdk`](crate::Sdk) with this one interceptor, so no adapter counts and
//! none is left out. Tries that the SDK repeats are billed one by one, and counted so.

mod capacity;
mod objects;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use domain::Usage;
use domain::ledger::{Ledger, charge};

/// A payload of so many bytes is billed as one request of SQS
/// (<https://aws.amazon.com/sqs/pricing/>).
const SQS_CHUNK: u64 = 64 * 1024;

/// Counts the calls of one client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountUsage;

/// What a try costs, if it is made: signing a link stops right before.
#[derive(Debug)]
struct Asked(Usage);

impl Storable for Asked {
    type Storer = StoreReplace<Self>;
}

fn service(config: &ConfigBag) -> &str {
    config.load::<Metadata>().map_or("", Metadata::service)
}

fn operation(config: &ConfigBag) -> &str {
    config.load::<Metadata>().map_or("", Metadata::name)
}

impl Intercept for CountUsage {
    fn name(&self) -> &'static str {
        "CountUsage"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if service(config) == "DynamoDB" && Ledger::current().is_some() {
            capacity::ask(context.input_mut());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let asked = match service(config) {
            "SQS" => sqs(request.body().content_length().unwrap_or_default()),
            "S3" => objects::request(operation(config), request),
            _ => return Ok(()),
        };
        config.interceptor_state().store_put(Asked(asked));
        Ok(())
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(asked) = config.load::<Asked>() {
            charge(asked.0);
        }
        if service(config) == "S3" {
            charge(objects::response(context.response()));
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if service(config) == "DynamoDB" {
            charge(match context.output_or_error() {
                Ok(output) => capacity::consumed(output),
                Err(_) => capacity::refused(operation(config), context.response()),
            });
        }
        Ok(())
    }
}

/// Also an empty payload is a request.
fn sqs(bytes: u64) -> Usage {
    Usage {
        sqs_requests: bytes.div_ceil(SQS_CHUNK).max(1),
        ..Usage::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqs_bills_by_sixty_four_kilobytes_begun() {
        for (bytes, requests) in [(0, 1), (1, 1), (65_536, 1), (65_537, 2), (1_048_576, 16)] {
            assert_eq!(sqs(bytes).sqs_requests, requests, "{bytes}");
        }
    }
}
