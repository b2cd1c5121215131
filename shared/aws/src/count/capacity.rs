//! `DynamoDB`'s units, as it counts them itself.
//!
//! A call asks for `ReturnConsumedCapacity=TOTAL`, which costs nothing and brings the units of the
//! table with its indexes. Refused writes consume units that no answer tells: they are reckoned by
//! the published rule, from what is known of the item
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).

use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::Usage;

/// A write unit takes an item of so many bytes.
const WRITE_UNIT: usize = 1_024;

/// Has the call answer what it consumed, where its type is one of these.
macro_rules! ask {
    ($input:ident, $($kind:ty),+) => {
        $(if let Some(input) = $input.downcast_mut::<$kind>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
        })+
    };
}

/// Has the call answer what it consumed.
pub(super) fn ask(input: &mut Input) {
    ask!(
        input,
        GetItemInput,
        QueryInput,
        PutItemInput,
        UpdateItemInput,
        DeleteItemInput,
        BatchWriteItemInput,
        TransactWriteItemsInput
    );
}

/// What an answer says was consumed.
pub(super) fn consumed(output: &Output) -> Usage {
    if let Some(output) = output.downcast_ref::<GetItemOutput>() {
        return read(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<QueryOutput>() {
        return read(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<PutItemOutput>() {
        return written(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<UpdateItemOutput>() {
        return written(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<DeleteItemOutput>() {
        return written(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<BatchWriteItemOutput>() {
        return written(output.consumed_capacity());
    }
    if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
        return written(output.consumed_capacity());
    }
    Usage::NONE
}

/// A write whose condition did not hold consumes units for the item that is there, one at least. The
/// answer has that item where the call asked for it. A cancelled transaction consumes two for each
/// item: one item is taken to be in it.
pub(super) fn refused(operation: &str, response: &HttpResponse) -> Usage {
    let body = response.body().bytes().unwrap_or_default();
    let is = |code: &[u8]| body.windows(code.len()).any(|window| window == code);
    let units = match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" if is(b"ConditionalCheckFailedException") => {
            body.len().div_ceil(WRITE_UNIT)
        }
        "TransactWriteItems" if is(b"TransactionCanceledException") => 2,
        // Throttled, invalid or failed calls consume nothing.
        _ => 0,
    };
    Usage {
        write_units: u64::try_from(units).unwrap_or(u64::MAX),
        ..Usage::NONE
    }
}

fn read<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Usage {
    Usage {
        read_half_units: whole(units(consumed) * 2.0),
        ..Usage::NONE
    }
}

fn written<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Usage {
    Usage {
        write_units: whole(units(consumed)),
        ..Usage::NONE
    }
}

fn units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    let units = consumed.into_iter();
    units.filter_map(ConsumedCapacity::capacity_units).sum()
}

/// Units come in halves at the least, and calls consume far fewer than 2^53.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a call consumes few units, and none below nothing"
)]
fn whole(units: f64) -> u64 {
    units.max(0.0).ceil() as u64
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn capacity(units: f64) -> ConsumedCapacity {
        ConsumedCapacity::builder().capacity_units(units).build()
    }

    fn answer(body: String) -> HttpResponse {
        HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body))
    }

    #[test]
    fn every_call_is_asked() {
        fn asked<T: std::fmt::Debug + Send + Sync + 'static>(
            input: T,
            answer: fn(&T) -> Option<&ReturnConsumedCapacity>,
        ) {
            let mut input = Input::erase(input);
            ask(&mut input);
            let input = input.downcast_ref::<T>().unwrap();
            assert_eq!(answer(input), Some(&ReturnConsumedCapacity::Total));
        }
        asked(GetItemInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(QueryInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(PutItemInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(UpdateItemInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(DeleteItemInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(BatchWriteItemInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
        asked(TransactWriteItemsInput::builder().build().unwrap(), |i| {
            i.return_consumed_capacity()
        });
    }

    #[test]
    fn what_answers_say_is_counted() {
        let read = GetItemOutput::builder()
            .consumed_capacity(capacity(0.5))
            .build();
        assert_eq!(consumed(&Output::erase(read)).read_half_units, 1);
        let listed = QueryOutput::builder()
            .consumed_capacity(capacity(2.0))
            .build();
        assert_eq!(consumed(&Output::erase(listed)).read_half_units, 4);
        let put = PutItemOutput::builder()
            .consumed_capacity(capacity(3.0))
            .build();
        assert_eq!(consumed(&Output::erase(put)).write_units, 3);
        let both = TransactWriteItemsOutput::builder()
            .consumed_capacity(capacity(2.0))
            .consumed_capacity(capacity(4.0))
            .build();
        assert_eq!(consumed(&Output::erase(both)).write_units, 6);
    }

    #[test]
    fn a_refused_write_costs_what_is_there() {
        let failed = "ConditionalCheckFailedException";
        let small = answer(format!("{{\"__type\":\"x#{failed}\"}}"));
        assert_eq!(refused("PutItem", &small).write_units, 1);
        let large = answer(format!("{failed}{}", "x".repeat(2_500)));
        assert_eq!(refused("PutItem", &large).write_units, 3);
        let cancelled = answer("TransactionCanceledException".into());
        assert_eq!(refused("TransactWriteItems", &cancelled).write_units, 2);
        let throttled = answer("ThrottlingException".into());
        assert_eq!(refused("PutItem", &throttled), Usage::NONE);
    }
}
