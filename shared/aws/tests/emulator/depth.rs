use aws::sqs::QueueDepth;
use testkit::contract::backlog;

use crate::place::local;

#[tokio::test]
async fn queue_depths_are_a_backlog() {
    let place = local().await;
    let client = aws_sdk_sqs::Client::new(&place.config);
    let test = async |one: String| {
        let test = async |other: String| {
            let depth = QueueDepth::new(&place.sdk, [one.clone(), other.clone()]);
            let send = async |count| {
                for url in [&one, &other]
                    .into_iter()
                    .cycle()
                    .take(usize::try_from(count).unwrap())
                {
                    let send = client.send_message().queue_url(url);
                    send.message_body("task").send().await.unwrap();
                }
            };
            backlog::all(&depth, send).await;
        };
        place.with_queue(test).await;
    };
    place.with_queue(test).await;
}
