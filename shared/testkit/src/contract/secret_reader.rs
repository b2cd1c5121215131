//! The contract of [`SecretReader`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::ports::SecretReader;

/// The whole contract. `change` gives the secret another text.
pub async fn all(secret: &dyn SecretReader, change: impl AsyncFn(&str)) {
    for text in [
        "one",
        r#"{"username":"canary","password":"p\"w"}"#,
        "\u{fc}ber",
    ] {
        change(text).await;
        assert_eq!(secret.read().await.unwrap(), text);
    }
}
