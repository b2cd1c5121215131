//! The services that can be called: where they are and what they call themselves.

use std::fmt::{self, Display, Formatter};

/// One AWS service, as its API reference describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// The name that its requests are signed for.
    pub(crate) name: &'static str,
    /// What its host begins with; the region and `amazonaws.com` follow.
    pub(crate) host: &'static str,
    /// The only region that has it; none for those that each region has.
    pub(crate) region: Option<&'static str>,
    /// The type of its JSON documents.
    pub(crate) content: &'static str,
    /// What its targets begin with, before the dot and the operation; empty for REST services.
    pub(crate) target: &'static str,
}

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";
const REST: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// Billing has one home for all regions.
const BILLING: Option<&str> = Some("us-east-1");

impl Service {
    /// AWS Certificate Manager.
    pub const ACM: Self = Self::json("acm", JSON_1_1, "CertificateManager");
    /// AWS Budgets.
    pub const BUDGETS: Self = Self {
        host: "budgets.amazonaws.com",
        region: BILLING,
        ..Self::json("budgets", JSON_1_1, "AWSBudgetServiceGateway")
    };
    /// AWS CloudFormation, which speaks the query protocol alone: see [`Caller::query`](crate::Caller::query).
    pub const CLOUDFORMATION: Self = Self::json("cloudformation", FORM, "");
    /// Amazon CloudWatch: metrics and alarms.
    pub const CLOUDWATCH: Self =
        Self::json("monitoring", JSON_1_0, "GraniteServiceVersion20100801");
    /// Amazon Cognito: user pools.
    pub const COGNITO: Self =
        Self::json("cognito-idp", JSON_1_1, "AWSCognitoIdentityProviderService");
    /// AWS Cost Explorer.
    pub const COST_EXPLORER: Self = Self {
        region: BILLING,
        ..Self::json("ce", JSON_1_1, "AWSInsightsIndexService")
    };
    /// Amazon Elastic Container Registry.
    pub const ECR: Self = Self {
        host: "api.ecr",
        ..Self::json("ecr", JSON_1_1, "AmazonEC2ContainerRegistry_V20150921")
    };
    /// Amazon Elastic Container Service.
    pub const ECS: Self = Self::json("ecs", JSON_1_1, "AmazonEC2ContainerServiceV20141113");
    /// AWS Lambda: functions and event source mappings (REST).
    pub const LAMBDA: Self = Self::json("lambda", REST, "");
    /// Amazon CloudWatch Logs.
    pub const LOGS: Self = Self::json("logs", JSON_1_1, "Logs_20140328");
    /// AWS Price List.
    pub const PRICING: Self = Self {
        host: "api.pricing",
        region: BILLING,
        ..Self::json("pricing", JSON_1_1, "AWSPriceListService")
    };
    /// Amazon Relational Database Service, which speaks the query protocol alone.
    pub const RDS: Self = Self::json("rds", FORM, "");
    /// Amazon `EventBridge` Scheduler (REST).
    pub const SCHEDULER: Self = Self::json("scheduler", REST, "");
    /// AWS Secrets Manager.
    pub const SECRETS_MANAGER: Self = Self::json("secretsmanager", JSON_1_1, "secretsmanager");

    /// Amazon Simple Queue Service.
    pub const SQS: Self = Self::json("sqs", JSON_1_0, "AmazonSQS");

    const fn json(name: &'static str, content: &'static str, target: &'static str) -> Self {
        Self {
            name,
            host: name,
            region: None,
            content,
            target,
        }
    }

    /// The region that answers a caller from `region`.
    pub(crate) fn region_for(self, region: &str) -> &str {
        self.region.unwrap_or(region)
    }

    /// Its address for a caller from `region`.
    pub(crate) fn address(self, region: &str) -> String {
        let host = self.host;
        if host.ends_with(".amazonaws.com") {
            return format!("https://{host}");
        }
        format!("https://{host}.{}.amazonaws.com", self.region_for(region))
    }
}

impl Display for Service {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_address() {
        let cases = [
            (Service::LAMBDA, "https://lambda.eu-west-1.amazonaws.com"),
            (Service::ECR, "https://api.ecr.eu-west-1.amazonaws.com"),
            (
                Service::CLOUDWATCH,
                "https://monitoring.eu-west-1.amazonaws.com",
            ),
            (Service::COST_EXPLORER, "https://ce.us-east-1.amazonaws.com"),
            (Service::BUDGETS, "https://budgets.amazonaws.com"),
        ];
        for (service, address) in cases {
            assert_eq!(service.address("eu-west-1"), address, "{service}");
        }
    }
}
