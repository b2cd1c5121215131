//! Reads an object that holds JSON.

use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use domain::ports::PortError;
use serde::de::DeserializeOwned;

use crate::error::port_error;

/// What the object holds; none where there is none. Errors name the bucket by `what`.
pub(super) async fn read_json<T: DeserializeOwned>(
    get: GetObjectFluentBuilder,
    what: &'static str,
) -> Result<Option<T>, PortError> {
    let object = match get.send().await {
        Ok(object) => object,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetObjectError::is_no_such_key) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(port_error(what, error)),
    };
    let body = object.body.collect().await;
    let body = body.map_err(|error| PortError::unavailable(what, error))?;
    let value = serde_json::from_slice(&body.into_bytes());
    value
        .map(Some)
        .map_err(|error| PortError::broken(what, error))
}
