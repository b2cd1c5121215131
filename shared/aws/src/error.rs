//! The one map from what the SDK reports to what a port reports.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::ports::PortError;

/// Error codes of services that ask to come back later, beside every 429 and 5xx.
const COME_BACK_LATER: [&str; 10] = [
    "LimitExceededException",
    "OverLimit",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// What a failed call means to a use case. `what` names the table, bucket, queue or endpoint.
///
/// The cause that is kept is the error itself without the raw response, which could hold a
/// tenant's data and would be printed by `Debug`.
pub(crate) fn port_error<E>(what: &'static str, error: SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let meaning = meaning(&error);
    let cause = error.into_source().unwrap_or_else(Into::into);
    match meaning {
        Meaning::Conflict => PortError::Conflict { what },
        Meaning::Unavailable => PortError::Unavailable { what, cause },
        Meaning::Broken => PortError::Broken { what, cause },
    }
}

#[derive(Debug, PartialEq)]
enum Meaning {
    Conflict,
    Unavailable,
    Broken,
}

fn meaning<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Meaning {
    match error {
        SdkError::DispatchFailure(failure) if failure.is_user() => Meaning::Broken,
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => Meaning::Unavailable,
        SdkError::ResponseError(context) => by_status(context.raw()),
        SdkError::ServiceError(context) => match context.err().code() {
            Some("ConditionalCheckFailedException") => Meaning::Conflict,
            Some("TransactionCanceledException") => by_reasons(context.err().message()),
            Some(code) if COME_BACK_LATER.contains(&code) => Meaning::Unavailable,
            _ => by_status(context.raw()),
        },
        // The request could not be built; so could not any kind the SDK may add.
        _ => Meaning::Broken,
    }
}

/// A cancelled transaction lists one reason per item in its message. What else there is beside the
/// two below is contention and throttling
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
fn by_reasons(message: Option<&str>) -> Meaning {
    let message = message.unwrap_or_default();
    if message.contains("ValidationError") {
        Meaning::Broken
    } else if message.contains("ConditionalCheckFailed") {
        Meaning::Conflict
    } else {
        Meaning::Unavailable
    }
}

fn by_status(response: &HttpResponse) -> Meaning {
    let status = response.status();
    if status.is_server_error() || status.as_u16() == 429 {
        Meaning::Unavailable
    } else {
        Meaning::Broken
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn service(code: &str, status: u16) -> SdkError<PutItemError, HttpResponse> {
        let meta = ErrorMetadata::builder().code(code).build();
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from("raw body"));
        SdkError::service_error(PutItemError::generic(meta), response)
    }

    #[test]
    fn each_refusal_has_its_meaning() {
        let cases = [
            ("ConditionalCheckFailedException", 400, Meaning::Conflict),
            ("ThrottlingException", 400, Meaning::Unavailable),
            (
                "ProvisionedThroughputExceededException",
                400,
                Meaning::Unavailable,
            ),
            ("Whatever", 429, Meaning::Unavailable),
            ("InternalServerError", 500, Meaning::Unavailable),
            ("ValidationException", 400, Meaning::Broken),
            ("AccessDeniedException", 403, Meaning::Broken),
        ];
        for (code, status, expected) in cases {
            assert_eq!(meaning(&service(code, status)), expected, "{code}");
        }
    }

    #[test]
    fn a_cancelled_transaction_means_what_its_reasons_say() {
        let reasons = [
            ("[None, ConditionalCheckFailed]", Meaning::Conflict),
            ("[ValidationError, None]", Meaning::Broken),
            ("[TransactionConflict, None]", Meaning::Unavailable),
            ("[ThrottlingError, None]", Meaning::Unavailable),
        ];
        for (message, expected) in reasons {
            assert_eq!(by_reasons(Some(message)), expected, "{message}");
        }
    }

    #[test]
    fn calls_that_got_no_answer_can_be_tried_again() {
        let late = SdkError::<PutItemError, HttpResponse>::timeout_error("too late");
        assert_eq!(meaning(&late), Meaning::Unavailable);
        let unbuilt = SdkError::<PutItemError, HttpResponse>::construction_failure("no region");
        assert_eq!(meaning(&unbuilt), Meaning::Broken);
    }

    #[test]
    fn the_cause_is_kept_without_the_raw_response() {
        let error = port_error("tasks table", service("ValidationException", 400));
        let shown = format!("{error:?}");
        assert!(shown.contains("ValidationException"), "{shown}");
        assert!(!shown.contains("raw body"), "{shown}");
    }
}
