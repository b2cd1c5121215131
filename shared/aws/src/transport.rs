//! The HTTP client that all clients of the SDK share.
//!
//! Left alone, the SDK gives each client one of its own, with its own connections, and has each read the
//! hundred-odd authorities of the system while it is made. A function has a dozen tables, queues and
//! buckets; most of its invocations meet one or two of them.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Made ready by the first call and not by each client: the hook by which the SDK's own does that
/// (`validate_base_client_config`) does nothing here.
#[derive(Debug)]
struct ReadyWhenCalled(SharedHttpClient);

impl HttpClient for ReadyWhenCalled {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

/// What the SDK would make for each client: hyper, with rustls and a proxy where the environment names one.
pub(crate) fn shared() -> SharedHttpClient {
    let inner = Builder::new().build_with_connector_fn(|settings, components| {
        let rustls = Provider::Rustls(CryptoMode::AwsLc);
        let mut connector = ConnectorBuilder::default().tls_provider(rustls);
        connector.set_connector_settings(settings.cloned());
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    });
    SharedHttpClient::new(ReadyWhenCalled(inner))
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;
    use aws_smithy_runtime_api::box_error::BoxError;
    use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
    use aws_smithy_types::config_bag::ConfigBag;

    use super::*;

    /// Must not be made ready.
    #[derive(Debug)]
    struct Untouched;

    impl HttpClient for Untouched {
        fn http_connector(
            &self,
            _: &HttpConnectorSettings,
            _: &RuntimeComponents,
        ) -> SharedHttpConnector {
            panic!("nothing is called")
        }

        fn validate_base_client_config(
            &self,
            _: &RuntimeComponentsBuilder,
            _: &ConfigBag,
        ) -> Result<(), BoxError> {
            Err("made ready".into())
        }
    }

    /// The SDK panics where the hook fails.
    #[test]
    fn a_client_that_calls_nobody_makes_nothing_ready() {
        let shared = ReadyWhenCalled(SharedHttpClient::new(Untouched));
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(shared)
            .build();
        drop(aws_sdk_sqs::Client::from_conf(config));
    }
}
