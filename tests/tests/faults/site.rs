//! A table and a bucket of one test, and how the deployed worker is set up.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws::Sdk;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use boot::SystemClock;
use domain::ports::{PortError, TaskStore};
use domain::{RequestId, Task, TenantId};
use end_to_end::{Stack, fresh};
use futures::FutureExt;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::lane::Lane;

/// What the tests of one lane share: tables and buckets are slower to make than queues.
pub(crate) struct Site {
    pub(crate) stack: Stack,
    pub(crate) sdk: Sdk,
    pub(crate) tasks: aws::dynamo::Tasks,
    /// Whose tasks they are.
    pub(crate) tenant: TenantId,
    table: String,
    bucket: String,
    env: Vec<(String, String)>,
    queues: Mutex<Vec<String>>,
    tables: Mutex<Vec<String>>,
}

impl Site {
    /// Runs a test with a site that is removed with it, also when it fails.
    pub(crate) async fn with(test: impl AsyncFnOnce(Arc<Self>)) {
        let site = Arc::new(Self::make().await);
        let outcome = AssertUnwindSafe(test(Arc::clone(&site)))
            .catch_unwind()
            .await;
        site.remove().await;
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
    }

    async fn make() -> Self {
        let stack = Stack::running().await;
        let sdk = Sdk::load().await.expect("a region");
        let (table, bucket) = (format!("faults-{}", fresh()), format!("faults-{}", fresh()));
        make_table(&stack, &table).await;
        let made = stack.buckets().create_bucket().bucket(&bucket).send().await;
        made.expect("the bucket is made");
        let clock = Arc::new(SystemClock);
        Self {
            tasks: aws::dynamo::Tasks::new(&sdk, &table, clock),
            tenant: tenant_with_events(&stack).await,
            env: deployed_env("worker").await,
            stack,
            sdk,
            table,
            bucket,
            queues: Mutex::default(),
            tables: Mutex::default(),
        }
    }

    /// Queues of their own.
    pub(crate) async fn lane(self: &Arc<Self>) -> Lane {
        Lane::make(self).await
    }

    /// Makes a queue that is removed with the site.
    pub(crate) async fn queue(&self, attributes: &[(&str, String)]) -> String {
        let client = self.stack.queues();
        let mut create = client
            .create_queue()
            .queue_name(format!("faults-{}", fresh()));
        for (name, value) in attributes {
            create = create.attributes((*name).into(), value);
        }
        let created = create.send().await.expect("the queue is made");
        let url = created.queue_url.expect("a URL");
        let queues = self.queues.lock();
        queues
            .unwrap_or_else(PoisonError::into_inner)
            .push(url.clone());
        url
    }

    /// Makes a table with these keys, both texts, that is removed with the site.
    pub(crate) async fn table(&self, hash: &str, range: &str) -> String {
        let name = format!("faults-{}", fresh());
        let mut create = self.stack.tables().create_table().table_name(&name);
        for (key, role) in [(hash, KeyType::Hash), (range, KeyType::Range)] {
            let attribute = AttributeDefinition::builder().attribute_name(key);
            let attribute = attribute.attribute_type(ScalarAttributeType::S).build();
            let part = KeySchemaElement::builder().attribute_name(key);
            create = create
                .attribute_definitions(attribute.expect("an attribute"))
                .key_schema(part.key_type(role).build().expect("a key"));
        }
        let created = create.billing_mode(BillingMode::PayPerRequest).send().await;
        created.expect("the table is made");
        let tables = self.tables.lock();
        tables
            .unwrap_or_else(PoisonError::into_inner)
            .push(name.clone());
        name
    }

    /// The environment of the worker as deployed, with these variables instead of its own.
    pub(crate) fn env(&self, instead: &[(&str, &str)]) -> Vec<(String, String)> {
        self.with_its_own(self.env.clone(), instead)
    }

    /// The environment of a function, with these variables and this site's instead of its own.
    pub(crate) fn with_its_own(
        &self,
        mut env: Vec<(String, String)>,
        instead: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let ours = [
            ("TASKS_TABLE", &*self.table),
            ("RESULTS_BUCKET", &*self.bucket),
            ("UPLOADS_BUCKET", &*self.bucket),
        ];
        for (name, value) in ours.iter().chain(instead) {
            env.retain(|(present, _)| present != name);
            env.push(((*name).into(), (*value).into()));
        }
        env
    }

    /// The task as it is stored.
    pub(crate) async fn stored(&self, id: RequestId) -> Task {
        let loaded = patiently(async || self.tasks.load(&self.tenant, id).await).await;
        loaded.expect("the task")
    }

    /// Names of the kept results.
    pub(crate) async fn results(&self) -> Vec<String> {
        let list = self.stack.buckets().list_objects_v2().bucket(&self.bucket);
        let listed = list.send().await.expect("the bucket answers");
        let keys = listed.contents().iter().filter_map(|object| object.key());
        keys.map(str::to_owned).collect()
    }

    /// Keys of the uploads that are neither finished nor aborted.
    pub(crate) async fn unfinished(&self) -> Vec<String> {
        let list = self.stack.buckets().list_multipart_uploads();
        let listed = list.bucket(&self.bucket).send().await;
        let uploads = listed
            .expect("the bucket answers")
            .uploads
            .unwrap_or_default();
        uploads
            .into_iter()
            .filter_map(|upload| upload.key)
            .collect()
    }

    async fn remove(&self) {
        let queues = self.queues.lock();
        let queues = std::mem::take(&mut *queues.unwrap_or_else(PoisonError::into_inner));
        let client = self.stack.queues();
        let deleted = queues
            .iter()
            .map(|url| client.delete_queue().queue_url(url).send());
        for deleted in join_all(deleted).await {
            deleted.expect("the queue is deleted");
        }
        let buckets = self.stack.buckets();
        for key in self.results().await {
            let delete = buckets.delete_object().bucket(&self.bucket).key(key);
            delete.send().await.expect("the object is deleted");
        }
        let deleted = buckets.delete_bucket().bucket(&self.bucket).send().await;
        deleted.expect("the bucket is deleted");
        let tables = self.stack.tables();
        let others =
            std::mem::take(&mut *self.tables.lock().unwrap_or_else(PoisonError::into_inner));
        for table in others.iter().chain([&self.table]) {
            let deleted = tables.delete_table().table_name(table).send().await;
            deleted.expect("the table is deleted");
        }
    }
}

/// A tenant with requests to so many paths that a figure of each is a large result.
async fn tenant_with_events(stack: &Stack) -> TenantId {
    let caller = stack.new_tenant().await;
    let events: Vec<_> = (0..400)
        .map(|n| {
            json!({
                "id": format!("r-{n}"), "type": "request", "at": "2024-05-01T10:00:00Z",
                "service": "shop", "user": "ada", "method": "GET", "path": format!("/{n:0100}"),
                "status": 200, "bytes": n, "response_time_ms": n,
            })
        })
        .collect();
    let stored = caller.post("/events", &json!({ "events": events })).await;
    assert_eq!(stored.expect(200)["accepted"], 400);
    TenantId::new(&caller.tenant).expect("a tenant's name")
}

/// What a call of the test itself gives in the end: the emulator has many tests to serve at once.
pub(crate) async fn patiently<T>(call: impl AsyncFn() -> Result<T, PortError>) -> T {
    for _ in 0..10 {
        match call().await {
            Ok(given) => return given,
            Err(PortError::Unavailable { .. }) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the emulator does not answer")
}

/// A table like the deployed one.
async fn make_table(stack: &Stack, name: &str) {
    let tables = stack.tables();
    let model = tables.describe_table();
    let model = model
        .table_name(Stack::variable("TASKS_TABLE"))
        .send()
        .await;
    let model = model.expect("the table answers").table.expect("a table");
    let indexes = model.global_secondary_indexes().iter().map(|index| {
        GlobalSecondaryIndex::builder()
            .set_index_name(index.index_name.clone())
            .set_key_schema(index.key_schema.clone())
            .set_projection(index.projection.clone())
            .build()
            .expect("an index")
    });
    let create = tables.create_table().table_name(name);
    let created = create
        .set_attribute_definitions(model.attribute_definitions.clone())
        .set_key_schema(model.key_schema.clone())
        .set_global_secondary_indexes(Some(indexes.collect()))
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    created.expect("the table is made");
}

/// The environment of a function as deployed, and what the emulator adds to it.
pub(crate) async fn deployed_env(function: &str) -> Vec<(String, String)> {
    let name = format!("{}-{function}", Stack::variable("STACK_NAME"));
    let endpoint = Stack::variable("AWS_ENDPOINT_URL");
    let url = format!("{endpoint}/2015-03-31/functions/{name}/configuration");
    let client = reqwest::Client::builder().no_proxy().build();
    let answer = client.expect("a client").get(url).send().await;
    let text = answer.expect("the emulator answers").text().await;
    let configuration: Value = serde_json::from_str(&text.expect("a body")).expect("JSON");
    let variables = configuration["Environment"]["Variables"].as_object();
    let mut env: Vec<_> = variables
        .expect("the function's variables")
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        env.push((name.into(), Stack::variable(name)));
    }
    env
}
