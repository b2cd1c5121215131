//! Tables, buckets and queues of one test.

use std::panic::{AssertUnwindSafe, resume_unwind};

use aws::Sdk;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate,
    KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use futures::FutureExt;
use testkit::build;

/// A local AWS.
pub(crate) struct Place {
    pub(crate) sdk: Sdk,
    pub(crate) config: SdkConfig,
}

/// The local AWS that `AWS_ENDPOINT_URL` names.
pub(crate) async fn local() -> Place {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap_or_default();
    assert!(
        endpoint.starts_with("http://"),
        "AWS_ENDPOINT_URL must name a local AWS, such as http://127.0.0.1:4566: these tests never use an account"
    );
    Place {
        sdk: Sdk::load().await.unwrap(),
        config: aws_config::load_defaults(BehaviorVersion::latest()).await,
    }
}

fn name(prefix: &str) -> String {
    format!("{prefix}-{}", build::request_id())
}

impl Place {
    /// Runs a test with a table of these key attributes (hash, then range), all texts.
    pub(crate) async fn with_table(&self, keys: &[&str], test: impl AsyncFnOnce(String)) {
        let client = aws_sdk_dynamodb::Client::new(&self.config);
        let table = name("contract");
        let mut create = client.create_table().table_name(&table);
        for (key, role) in keys.iter().zip([KeyType::Hash, KeyType::Range]) {
            create = create
                .attribute_definitions(attribute(key, ScalarAttributeType::S))
                .key_schema(key_part(key, role));
        }
        let created = create.billing_mode(BillingMode::PayPerRequest).send().await;
        created.unwrap();
        let outcome = AssertUnwindSafe(test(table.clone())).catch_unwind().await;
        client
            .delete_table()
            .table_name(table)
            .send()
            .await
            .unwrap();
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
    }

    /// Runs a test with a table of these key attributes and an index by a text and a number, which
    /// holds the index's own attributes and these.
    pub(crate) async fn with_indexed_table(
        &self,
        keys: &[&str],
        (index, by, also): (&str, &[&str; 2], &[&str]),
        test: impl AsyncFnOnce(String),
    ) {
        self.with_table(keys, async |table: String| {
            let projection = match also {
                [] => Projection::builder().projection_type(ProjectionType::KeysOnly),
                also => also.iter().fold(
                    Projection::builder().projection_type(ProjectionType::Include),
                    |projection, name| projection.non_key_attributes(*name),
                ),
            };
            let create = CreateGlobalSecondaryIndexAction::builder()
                .index_name(index)
                .key_schema(key_part(by[0], KeyType::Hash))
                .key_schema(key_part(by[1], KeyType::Range))
                .projection(projection.build());
            let update = GlobalSecondaryIndexUpdate::builder().create(create.build().unwrap());
            let client = aws_sdk_dynamodb::Client::new(&self.config);
            let mut call = client.update_table().table_name(&table);
            for key in keys {
                call = call.attribute_definitions(attribute(key, ScalarAttributeType::S));
            }
            call.attribute_definitions(attribute(by[0], ScalarAttributeType::S))
                .attribute_definitions(attribute(by[1], ScalarAttributeType::N))
                .global_secondary_index_updates(update.build())
                .send()
                .await
                .unwrap();
            test(table).await;
        })
        .await;
    }

    /// Runs a test with a queue, given by its URL.
    pub(crate) async fn with_queue(&self, test: impl AsyncFnOnce(String)) {
        let client = aws_sdk_sqs::Client::new(&self.config);
        let created = client.create_queue().queue_name(name("contract")).send();
        let url = created.await.unwrap().queue_url.unwrap();
        let outcome = AssertUnwindSafe(test(url.clone())).catch_unwind().await;
        client.delete_queue().queue_url(url).send().await.unwrap();
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
    }

    /// Runs a test with a bucket.
    pub(crate) async fn with_bucket(&self, test: impl AsyncFnOnce(String)) {
        let client = self.s3();
        let bucket = name("contract");
        client.create_bucket().bucket(&bucket).send().await.unwrap();
        let outcome = AssertUnwindSafe(test(bucket.clone())).catch_unwind().await;
        let objects = client
            .list_objects_v2()
            .bucket(&bucket)
            .send()
            .await
            .unwrap();
        for object in objects.contents() {
            let delete = client
                .delete_object()
                .bucket(&bucket)
                .key(object.key().unwrap());
            delete.send().await.unwrap();
        }
        client.delete_bucket().bucket(bucket).send().await.unwrap();
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        aws_sdk_s3::Client::from_conf(config.force_path_style(true).build())
    }
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    let attribute = AttributeDefinition::builder().attribute_name(name);
    attribute.attribute_type(kind).build().unwrap()
}

fn key_part(name: &str, role: KeyType) -> KeySchemaElement {
    let part = KeySchemaElement::builder().attribute_name(name);
    part.key_type(role).build().unwrap()
}
