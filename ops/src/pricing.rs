//! AWS's own price list.

use async_trait::async_trait;
use aws::{NoRegion, Sdk};
use aws_call::{Caller, NotConfigured, Service};
use ops::cost::update::{PriceSource, PricesError};
use ops::deployment::Deployment;
use serde_json::{Value, json};

/// Asks AWS.
pub(crate) struct AwsPrices(Caller);

/// AWS cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPrices {
    /// The local stack cannot stand in for it.
    #[error(
        "the price list is AWS's own, which the local stack does not have: it takes AWS credentials (AWS_PROFILE, or \
         AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY) with the right pricing:GetProducts, and no AWS_ENDPOINT_URL; \
         name the deployment by --stack"
    )]
    Local,
    /// It is not said in which region.
    #[error(transparent)]
    Region(#[from] NoRegion),
    /// Nor as whom.
    #[error(transparent)]
    Credentials(#[from] NotConfigured),
}

/// Makes ready to ask AWS.
pub(crate) async fn aws(deployment: &Deployment) -> Result<AwsPrices, NoPrices> {
    if deployment.is_local() {
        return Err(NoPrices::Local);
    }
    Ok(AwsPrices(Sdk::load().await?.caller()?))
}

#[async_trait]
impl PriceSource for AwsPrices {
    async fn products(&self, service: &str, filters: Value) -> Result<Vec<Value>, PricesError> {
        let body = json!({"ServiceCode": service, "Filters": filters, "FormatVersion": "aws_v1", "MaxResults": 100});
        let answer = self.0.json(Service::PRICING, "GetProducts", &body).await?;
        let products = answer["PriceList"].as_array();
        // Each product is JSON in a text.
        let products = products.into_iter().flatten().filter_map(Value::as_str);
        let products: Result<_, _> = products.map(serde_json::from_str).collect();
        Ok(products?)
    }
}
