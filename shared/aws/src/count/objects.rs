//! S3's requests and bytes.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use domain::Usage;

/// A request, by the class that its operation is billed in
/// (<https://aws.amazon.com/s3/pricing/>, "Requests & data retrievals"): the parts of an upload, its
/// start and its end are PUTs and POSTs each; DELETE and the abort of an upload are free.
pub(super) fn request(operation: &str, request: &HttpRequest) -> Usage {
    let class = match operation {
        "AbortMultipartUpload" | "DeleteObject" | "DeleteObjects" => Usage {
            s3_free: 1,
            ..Usage::NONE
        },
        "GetObject" | "HeadObject" | "HeadBucket" => Usage {
            s3_reads: 1,
            ..Usage::NONE
        },
        // Whatever else there is changes something or lists.
        _ => Usage {
            s3_writes: 1,
            ..Usage::NONE
        },
    };
    let encoded = request.headers().get("x-amz-decoded-content-length");
    let declared = encoded.or_else(|| request.headers().get("content-length"));
    let declared = declared.and_then(|length| length.parse().ok());
    class + bytes(declared.or(request.body().content_length()))
}

/// What comes back, as its header announces it.
pub(super) fn response(response: &HttpResponse) -> Usage {
    let length = response.headers().get("content-length");
    bytes(length.and_then(|length| length.parse().ok()))
}

fn bytes(length: Option<u64>) -> Usage {
    Usage {
        s3_bytes: length.unwrap_or_default(),
        ..Usage::NONE
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn put(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from("twelve bytes"));
        for (name, value) in headers {
            request.headers_mut().insert(*name, *value);
        }
        request
    }

    #[test]
    fn each_operation_has_its_class() {
        for (operation, class) in [
            ("PutObject", [1, 0, 0]),
            ("UploadPart", [1, 0, 0]),
            ("CreateMultipartUpload", [1, 0, 0]),
            ("CompleteMultipartUpload", [1, 0, 0]),
            ("ListMultipartUploads", [1, 0, 0]),
            ("GetObject", [0, 1, 0]),
            ("HeadObject", [0, 1, 0]),
            ("AbortMultipartUpload", [0, 0, 1]),
        ] {
            let usage = request(operation, &put(&[]));
            let counted = [usage.s3_writes, usage.s3_reads, usage.s3_free];
            assert_eq!(counted, class, "{operation}");
            assert_eq!((usage.s3_requests(), usage.s3_bytes), (1, 12));
        }
    }

    #[test]
    fn bytes_are_those_of_the_object() {
        let declared = put(&[("content-length", "40")]);
        assert_eq!(request("PutObject", &declared).s3_bytes, 40);
        // In chunks with signatures or checksums between, more travels.
        let encoded = put(&[
            ("content-length", "90"),
            ("x-amz-decoded-content-length", "40"),
        ]);
        assert_eq!(request("PutObject", &encoded).s3_bytes, 40);
    }
}
