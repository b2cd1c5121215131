//! The running stack, and users of new tenants.

use aws_call::{CallError, Service};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::Caller;

/// Good under the pool's policy. The pool lives as long as the test run.
const PASSWORD: &str = "Only-4-this-test-run";

/// A running stack.
#[derive(Debug, Clone)]
pub struct Stack {
    aws: aws_config::SdkConfig,
    users: aws_call::Caller,
}

impl Stack {
    /// The stack that the environment names.
    pub async fn running() -> Self {
        variable("AWS_ENDPOINT_URL"); // Never against a real account.
        let aws = aws_config::load_from_env().await;
        Self {
            users: aws_call::Caller::new(&aws).expect("a region and credentials"),
            aws,
        }
    }

    /// Signs in as the only user of a tenant that nobody else uses.
    pub async fn new_tenant(&self) -> Caller {
        self.new_user(&format!("t-{}", fresh()), &[]).await
    }

    /// Signs in as a new user of a tenant, in the given groups.
    pub async fn new_user(&self, tenant: &str, groups: &[&str]) -> Caller {
        let (name, password) = self.new_login(tenant, groups).await;
        let token = self
            .sign_in(&name, &password)
            .await
            .expect("the user signs in");
        Caller::new(&variable("ADOLOGY_HTTP_URL"), token, tenant)
    }

    /// Name and password of a new user of a tenant, in the given groups.
    pub async fn new_login(&self, tenant: &str, groups: &[&str]) -> (String, String) {
        let (pool, name) = (variable("COGNITO_USER_POOL_ID"), format!("u-{}", fresh()));
        let attributes = json!([{"Name": "custom:tenant", "Value": tenant}]);
        let create = json!({
            "UserPoolId": pool, "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS",
        });
        let created = self.users("AdminCreateUser", &create).await;
        created.expect("the user is created");
        let password = json!({
            "UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true,
        });
        let set = self.users("AdminSetUserPassword", &password).await;
        set.expect("the password is set");
        for group in groups {
            let add = json!({"UserPoolId": pool, "Username": name, "GroupName": group});
            let added = self.users("AdminAddUserToGroup", &add).await;
            added.expect("the user joins the group");
        }
        (name, PASSWORD.into())
    }

    /// The ID token of a user, or the error's text.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<String, String> {
        let ask = json!({
            "ClientId": variable("COGNITO_CLIENT_ID"),
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": name, "PASSWORD": password},
        });
        let answer = self.users("InitiateAuth", &ask).await;
        let answer = answer.map_err(|error| format!("{error:?}"))?;
        let token = answer["AuthenticationResult"]["IdToken"].as_str();
        token.map(str::to_owned).ok_or_else(|| "no ID token".into())
    }

    /// Calls the user pools. Their SDK crate would take longer to compile than any other of the workspace.
    async fn users(&self, operation: &str, ask: &Value) -> Result<Value, CallError> {
        self.users.json(Service::COGNITO, operation, ask).await
    }

    /// A caller with this token, or with none.
    pub fn caller(&self, token: Option<&str>) -> Caller {
        Caller::new(
            &variable("ADOLOGY_HTTP_URL"),
            token.unwrap_or_default().into(),
            "nobody",
        )
    }

    /// The queues, for tests that put messages in or look at a dead-letter queue.
    pub fn queues(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.aws)
    }

    /// The tables, for tests that look behind the curtain.
    pub fn tables(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.aws)
    }

    /// The buckets, for tests that keep objects of their own.
    pub fn buckets(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.aws);
        aws_sdk_s3::Client::from_conf(config.force_path_style(true).build())
    }

    /// A variable of `.local/stack.env`.
    pub fn variable(name: &str) -> String {
        variable(name)
    }
}

/// Random text that is good in any name.
#[expect(
    clippy::disallowed_methods,
    reason = "parallel tests share a stack: names must differ"
)]
pub fn fresh() -> String {
    Uuid::new_v4().simple().to_string()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `make test`, or `make up` and export .local/stack.env")
    })
}
