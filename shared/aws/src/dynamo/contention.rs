//! Writes that meet a transaction on the same item.
//!
//! `DynamoDB` refuses the later one, and the SDK leaves it to us to try again
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>).
//! A page that has connected sends all its subscriptions at once, each a transaction on the
//! connection's own item.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Tries of one write, after waits that double: half a second in all.
const TRIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(16);

/// Makes the call until it meets no transaction, or has been tried often enough.
pub(super) async fn settled<T, E, F>(
    mut call: impl FnMut() -> F,
) -> Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match call().await {
            Err(error) if met_a_transaction(&error) => {}
            settled => return settled,
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    call().await
}

/// A transaction that was cancelled lists its reasons in its message; where a condition failed too,
/// trying again cannot help.
fn met_a_transaction<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let Some(error) = error.as_service_error() else {
        return false;
    };
    let message = error.message().unwrap_or_default();
    match error.code() {
        Some("TransactionConflictException" | "TransactionInProgressException") => true,
        Some("TransactionCanceledException") => {
            message.contains("TransactionConflict") && !message.contains("ConditionalCheckFailed")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    type Refused = SdkError<UpdateItemError, HttpResponse>;

    fn refused(code: &str, message: &str) -> Refused {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        SdkError::service_error(UpdateItemError::generic(meta), response)
    }

    async fn tries(error: impl Fn() -> Refused, succeeds_after: u32) -> (bool, u32) {
        let tries = Cell::new(0);
        let call = || {
            tries.set(tries.get() + 1);
            let outcome = if tries.get() > succeeds_after {
                Ok(())
            } else {
                Err(error())
            };
            async { outcome }
        };
        (settled(call).await.is_ok(), tries.get())
    }

    #[tokio::test(start_paused = true)]
    async fn what_meets_a_transaction_is_tried_again() {
        let cancelled = || {
            refused(
                "TransactionCanceledException",
                "[TransactionConflict, None]",
            )
        };
        assert_eq!(tries(cancelled, 3).await, (true, 4));
        let conflict = || refused("TransactionConflictException", "");
        assert_eq!(tries(conflict, 100).await, (false, TRIES));
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_otherwise_is_not() {
        let reasons = "[TransactionConflict, ConditionalCheckFailed]";
        let condition = || refused("TransactionCanceledException", reasons);
        assert_eq!(tries(condition, 1).await, (false, 1));
        let other = || refused("ValidationException", "TransactionConflict");
        assert_eq!(tries(other, 1).await, (false, 1));
        let late = || Refused::timeout_error("too late");
        assert_eq!(tries(late, 1).await, (false, 1));
    }
}
