//! The message that asks for a task's submitter to be told of its end.

use domain::{Callback, TenantId};
use protocol::queue::{CallbackMessage, VERSION};

use super::{Unreadable, read, read_trace};

/// The message that asks for it.
pub fn callback_message(callback: &Callback) -> CallbackMessage {
    CallbackMessage {
        v: VERSION,
        tenant: callback.tenant.to_string(),
        request_id: callback.request_id.to_string(),
        version: callback.version,
        trace: callback.trace.map(String::from),
    }
}

/// Reads a message's body.
pub fn read_callback(body: &str) -> Result<Callback, Unreadable> {
    let message: CallbackMessage = read(body)?;
    Ok(Callback {
        tenant: TenantId::new(message.tenant)?,
        request_id: message.request_id.parse()?,
        version: message.version,
        trace: read_trace(message.trace.as_deref()),
    })
}

#[cfg(test)]
mod tests {
    use domain::{RequestId, Trace};
    use proptest::prelude::*;
    use testkit::ambient::Counting;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            tenant in "[A-Za-z0-9_=.@:+-]{1,128}", id in any::<u128>(), version in any::<u64>(),
            traced in any::<bool>(),
        ) {
            let callback = Callback {
                tenant: TenantId::new(tenant).unwrap(),
                request_id: RequestId::new(Uuid::from_u128(id)),
                version,
                trace: traced.then(|| Trace::begin(&Counting::default())),
            };
            let body = serde_json::to_string(&callback_message(&callback)).unwrap();
            prop_assert_eq!(read_callback(&body).unwrap(), callback);
        }
    }

    #[test]
    fn a_newer_version_is_told_apart_from_damage() {
        let newer = read_callback(r#"{"v":2}"#);
        assert!(matches!(newer, Err(Unreadable::UnknownVersion(2))));
        for damaged in ["", "[]", r#"{"v":1}"#, r#"{"v":1,"tenant":"t"}"#] {
            let refused = read_callback(damaged);
            assert!(
                matches!(refused, Err(Unreadable::Malformed(_))),
                "{damaged}"
            );
        }
        let nameless = r#"{"v":1,"tenant":"a#b","request_id":"1","version":3}"#;
        assert!(matches!(
            read_callback(nameless),
            Err(Unreadable::InvalidId(_))
        ));
    }
}
