//! The router as a Lambda function.

use std::convert::Infallible;

use axum::Router;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use serde::Serialize;
use tower::Service;

use crate::edge::acceptable;

/// Answers an event of API Gateway's HTTP API, payload version 2.0.
pub(crate) async fn answer(
    router: Router,
    LambdaEvent { payload, context }: LambdaEvent<ApiGatewayV2httpRequest>,
) -> Result<impl Serialize, Infallible> {
    let request = LambdaRequest::ApiGatewayV2(acceptable(payload));
    let event = LambdaEvent::new(request, context);
    // A router is always ready. The adapter is gone before its answer is waited for: unlike that, it
    // cannot be sent to another thread.
    let answer = Adapter::from(router).call(event);
    answer.await
}
