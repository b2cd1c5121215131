//! AWS's own price list.

use async_trait::async_trait;
use aws::Sdk;
use aws_call::{Caller, Service};
use ops::cost::update::PriceSource;
use ops::deployment::Deployment;
use serde_json::{Value, json};

/// Asks AWS.
pub(crate) struct AwsPrices(Caller);

/// Makes ready to ask AWS, which the local stack cannot stand in for.
///
/// # Errors
///
/// Why it cannot be asked, for people.
pub(crate) async fn aws(deployment: &Deployment) -> Result<AwsPrices, String> {
    if deployment.is_local() {
        return Err(
            "the price list is AWS's own, which the local stack does not have: it takes AWS credentials (AWS_PROFILE, or \
             AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY) with the right pricing:GetProducts, and no AWS_ENDPOINT_URL; \
             name the deployment by --stack"
                .into(),
        );
    }
    let sdk = Sdk::load().await.map_err(|error| error.to_string())?;
    let caller = sdk.caller().map_err(|error| domain::causes(&error))?;
    Ok(AwsPrices(caller))
}

#[async_trait]
impl PriceSource for AwsPrices {
    async fn products(&self, service: &str, filters: Value) -> Result<Vec<Value>, String> {
        let body = json!({"ServiceCode": service, "Filters": filters, "FormatVersion": "aws_v1", "MaxResults": 100});
        let answer = self.0.json(Service::PRICING, "GetProducts", &body).await;
        let answer = answer.map_err(|error| domain::causes(&error))?;
        let products = answer["PriceList"].as_array();
        // Each product is JSON in a text.
        let products = products.into_iter().flatten().filter_map(Value::as_str);
        let products = products.map(serde_json::from_str);
        products
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())
    }
}
