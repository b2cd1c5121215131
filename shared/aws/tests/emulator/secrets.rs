use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use aws::secrets::{RootSecretReader, SecretText};
use aws_sdk_secretsmanager::Client;
use domain::ports::{PortError, RootSecretStore};
use futures::FutureExt;
use testkit::build;
use testkit::contract::{root_secret_store, secret_reader};

use crate::place::{Place, local};

/// Runs a test with a secret of this text, given by its name.
pub(crate) async fn with_secret(place: &Place, text: &str, run: impl AsyncFnOnce(&Client, String)) {
    let client = Client::new(&place.config);
    let name = format!("contract-{}", build::request_id());
    let create = client.create_secret().name(&name).secret_string(text);
    create.send().await.unwrap();
    let testing = run(&client, name.clone());
    let outcome = AssertUnwindSafe(testing).catch_unwind().await;
    let delete = client.delete_secret().secret_id(&name);
    let delete = delete.force_delete_without_recovery(true);
    delete.send().await.unwrap();
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
}

#[tokio::test]
async fn a_secret_of_secrets_manager_is_a_root_secret() {
    let place = local().await;
    let test = async |client: &Client, name: String| {
        let rotate = async || {
            let put = client.put_secret_value().secret_id(&name);
            let text = format!("{}-rotated", build::request_id());
            put.secret_string(text).send().await.unwrap();
        };
        let reader = RootSecretReader::new(&place.sdk, &name).kept_for(Duration::ZERO);
        root_secret_store::all(&reader, rotate).await;
    };
    with_secret(&place, "first-secret-of-more-than-32-bytes", test).await;
}

#[tokio::test]
async fn what_was_read_is_kept_for_a_while() {
    let place = local().await;
    let test = async |client: &Client, name: String| {
        let reader = RootSecretReader::new(&place.sdk, &name);
        let first = reader.read().await.unwrap();
        let put = client.put_secret_value().secret_id(&name);
        let text = "second-secret-of-more-than-32-bytes";
        put.secret_string(text).send().await.unwrap();
        assert_eq!(reader.read().await.unwrap(), first);
    };
    with_secret(&place, "first-secret-of-more-than-32-bytes", test).await;
}

#[tokio::test]
async fn a_secret_that_could_be_guessed_is_refused() {
    let place = local().await;
    let test = async |_: &Client, name: String| {
        let read = RootSecretReader::new(&place.sdk, name).read().await;
        assert!(matches!(read, Err(PortError::Broken { .. })), "{read:?}");
    };
    with_secret(&place, "short", test).await;
    let nowhere = RootSecretReader::new(&place.sdk, "nowhere").read().await;
    assert!(matches!(nowhere, Err(PortError::Broken { .. })));
}

#[tokio::test]
async fn a_secret_of_secrets_manager_is_read() {
    let place = local().await;
    let test = async |client: &Client, name: String| {
        let change = async |text: &str| {
            let put = client.put_secret_value().secret_id(&name);
            put.secret_string(text).send().await.unwrap();
        };
        secret_reader::all(&SecretText::new(&place.sdk, &name), change).await;
    };
    with_secret(&place, "before", test).await;
}
