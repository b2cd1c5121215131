//! The running stack, and users of new tenants.

use aws_sdk_cognitoidentityprovider as cognito;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, AuthFlowType, MessageActionType};
use uuid::Uuid;

use crate::caller::Caller;

/// Good under the pool's policy. The pool lives as long as the test run.
const PASSWORD: &str = "Only-4-this-test-run";

/// A running stack.
#[derive(Debug, Clone)]
pub struct Stack {
    aws: aws_config::SdkConfig,
}

impl Stack {
    /// The stack that the environment names.
    pub async fn running() -> Self {
        variable("AWS_ENDPOINT_URL"); // Never against a real account.
        Self {
            aws: aws_config::load_from_env().await,
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
        let users = cognito::Client::new(&self.aws);
        let pool = variable("COGNITO_USER_POOL_ID");
        let name = format!("u-{}", fresh());
        let attribute = AttributeType::builder()
            .name("custom:tenant")
            .value(tenant)
            .build()
            .expect("complete");
        users
            .admin_create_user()
            .user_pool_id(&pool)
            .username(&name)
            .user_attributes(attribute)
            .message_action(MessageActionType::Suppress)
            .send()
            .await
            .expect("the user is created");
        users
            .admin_set_user_password()
            .user_pool_id(&pool)
            .username(&name)
            .password(PASSWORD)
            .permanent(true)
            .send()
            .await
            .expect("the password is set");
        for group in groups {
            let add = users
                .admin_add_user_to_group()
                .user_pool_id(&pool)
                .username(&name);
            add.group_name(*group)
                .send()
                .await
                .expect("the user joins the group");
        }
        (name, PASSWORD.into())
    }

    /// The ID token of a user, or the error's text.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<String, String> {
        let users = cognito::Client::new(&self.aws);
        let answer = users
            .initiate_auth()
            .client_id(variable("COGNITO_CLIENT_ID"))
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", name)
            .auth_parameters("PASSWORD", password)
            .send()
            .await
            .map_err(|error| format!("{:?}", error.into_service_error()))?;
        let tokens = answer.authentication_result().ok_or("no tokens")?;
        tokens
            .id_token()
            .map(str::to_owned)
            .ok_or_else(|| "no ID token".into())
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
