use aws::address::KeptAddress;
use domain::ports::{AddressSource, PortError};
use testkit::contract::address_source;

use crate::place::local;
use crate::secrets::with_secret;

#[tokio::test]
async fn a_secret_of_secrets_manager_is_an_address_source() {
    let place = local().await;
    with_secret(
        &place,
        "postgres://user:first@host/name",
        async |client, name| {
            let kept = KeptAddress::new(&place.sdk, &name, None);
            let change = async |address: &'static str| {
                let put = client.put_secret_value().secret_id(&name);
                put.secret_string(address).send().await.unwrap();
            };
            address_source::all(&kept, change).await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_rds_keeps_is_a_login_at_the_known_server() {
    let place = local().await;
    let login = r#"{"username":"adology","password":"p w"}"#;
    with_secret(&place, login, async |_, name| {
        let server = Some("postgres://host:5432/adology");
        let read = KeptAddress::new(&place.sdk, &name, server).read().await;
        let address = read.unwrap();
        assert_eq!(
            address.as_str(),
            "postgres://adology:p%20w@host:5432/adology"
        );
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_told() {
    let place = local().await;
    let read = KeptAddress::new(&place.sdk, "nowhere", None).read().await;
    assert!(matches!(read, Err(PortError::Broken { .. })), "{read:?}");
}
