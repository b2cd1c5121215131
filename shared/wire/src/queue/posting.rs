//! The message that asks the pusher to post a text to everybody who listens to a feed.

use domain::feed::{Feed, Posting};
use protocol::queue::{Ask, PostMessage, QueuedFeed, VERSION};

use super::Unreadable;

/// The message that asks for it.
pub fn post_message(posting: &Posting) -> PostMessage {
    let feed = match &posting.feed {
        Feed::Operators => QueuedFeed::Operators,
        Feed::Logs(tenant, level) => QueuedFeed::Logs {
            tenant: tenant.to_string(),
            level: level.clone(),
        },
    };
    PostMessage {
        v: VERSION,
        ask: Ask::Post,
        feed,
        text: posting.text.clone(),
    }
}

pub(super) fn posting(message: PostMessage) -> Result<Posting, Unreadable> {
    let feed = match message.feed {
        QueuedFeed::Operators => Feed::Operators,
        QueuedFeed::Logs { tenant, level } => Feed::Logs(tenant.parse()?, level),
    };
    Ok(Posting {
        feed,
        text: message.text,
    })
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use proptest::prelude::*;

    use super::*;
    use crate::queue::{Request, read_request};

    fn any_feed() -> impl Strategy<Value = Feed> {
        let logs = ("[A-Za-z0-9_=.@:+-]{1,128}", ".{1,64}");
        prop_oneof![
            Just(Feed::Operators),
            logs.prop_map(|(tenant, level)| Feed::Logs(TenantId::new(tenant).unwrap(), level)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(feed in any_feed(), text in ".*") {
            let posting = Posting { feed, text };
            let body = serde_json::to_string(&post_message(&posting)).unwrap();
            prop_assert_eq!(read_request(&body).unwrap(), Request::Post(posting));
        }
    }
}
