//! The price list: one region, one day. `ops cost --update-prices` compares it with AWS's own and prints what to
//! change; a price is on the line of its key.
//!
//! On demand, the first tier, without free tiers, discounts and taxes.

use crate::prices::{Listed, listed};

/// The day on which the list was written down. Compare it with the pages that it names before you rely on it: it has
/// not been read from them by a program.
pub const PRICES_OF: &str = "2026-11-28";

/// The region.
pub const REGION: &str = "us-east-1";

const LAMBDA: &str = "https://aws.amazon.com/lambda/pricing/";
const GATEWAY: &str = "https://aws.amazon.com/api-gateway/pricing/";
const DYNAMODB: &str = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const SQS: &str = "https://aws.amazon.com/sqs/pricing/";
const S3: &str = "https://aws.amazon.com/s3/pricing/";
const CLOUDWATCH: &str = "https://aws.amazon.com/cloudwatch/pricing/";
const SECRETS: &str = "https://aws.amazon.com/secrets-manager/pricing/";
const EC2: &str = "https://aws.amazon.com/ec2/pricing/on-demand/";
const EBS: &str = "https://aws.amazon.com/ebs/pricing/";
const BALANCER: &str = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const VPC: &str = "https://aws.amazon.com/vpc/pricing/";

/// What AWS's price list knows a virtual machine by, beside its type.
macro_rules! machine {
    ($instance:literal) => {
        &[
            ("instanceType", $instance),
            ("operatingSystem", "Linux"),
            ("tenancy", "Shared"),
            ("preInstalledSw", "NA"),
            ("capacitystatus", "Used"),
        ]
    };
}

/// Every price. Key, dollars, unit, page, and how AWS's price list knows it: its service, and attributes.
#[rustfmt::skip]
pub const LIST: [Listed; 27] = [
    listed("lambda.gb_second.arm64", "0.0000133334", "GB-second", LAMBDA, "AWSLambda", &[("group", "AWS-Lambda-Duration-ARM")]),
    listed("lambda.gb_second.x86_64", "0.0000166667", "GB-second", LAMBDA, "AWSLambda", &[("group", "AWS-Lambda-Duration")]),
    listed("lambda.request", "0.0000002", "request", LAMBDA, "AWSLambda", &[("group", "AWS-Lambda-Requests-ARM")]),
    listed("gateway.http_request", "0.000001", "request", GATEWAY, "AmazonApiGateway", &[("usagetype", "USE1-ApiGatewayHttpRequest")]),
    listed("gateway.websocket_message", "0.000001", "message", GATEWAY, "AmazonApiGateway", &[("usagetype", "USE1-ApiGatewayMessage")]),
    listed("gateway.connection_minute", "0.00000025", "minute", GATEWAY, "AmazonApiGateway", &[("usagetype", "USE1-ApiGatewayMinute")]),
    listed("dynamodb.read_unit", "0.000000125", "request unit", DYNAMODB, "AmazonDynamoDB", &[("group", "DDB-ReadUnits"), ("usagetype", "ReadRequestUnits")]),
    listed("dynamodb.write_unit", "0.000000625", "request unit", DYNAMODB, "AmazonDynamoDB", &[("group", "DDB-WriteUnits"), ("usagetype", "WriteRequestUnits")]),
    listed("dynamodb.gb_month", "0.25", "GB-month", DYNAMODB, "AmazonDynamoDB", &[("usagetype", "TimedStorage-ByteHrs")]),
    listed("sqs.request", "0.0000004", "request", SQS, "AWSQueueService", &[("usagetype", "Requests-Tier1"), ("queueType", "Standard")]),
    listed("s3.write", "0.000005", "request", S3, "AmazonS3", &[("usagetype", "Requests-Tier1")]),
    listed("s3.read", "0.0000004", "request", S3, "AmazonS3", &[("usagetype", "Requests-Tier2")]),
    listed("s3.gb_month", "0.023", "GB-month", S3, "AmazonS3", &[("usagetype", "TimedStorage-ByteHrs")]),
    listed("cloudwatch.log_gb", "0.5", "GB", CLOUDWATCH, "AmazonCloudWatch", &[("usagetype", "DataProcessing-Bytes")]),
    listed("cloudwatch.metric", "0.3", "metric-month", CLOUDWATCH, "AmazonCloudWatch", &[("usagetype", "CW:MetricMonitorUsage")]),
    listed("cloudwatch.alarm", "0.1", "alarm-month", CLOUDWATCH, "AmazonCloudWatch", &[("usagetype", "CW:AlarmMonitorUsage")]),
    listed("secrets.secret", "0.4", "secret-month", SECRETS, "AWSSecretsManager", &[("usagetype", "USE1-AWSSecretsManager-Secrets")]),
    listed("ec2.c7g_medium", "0.0363", "hour", EC2, "AmazonEC2", machine!("c7g.medium")),
    listed("ec2.t3_medium", "0.0416", "hour", EC2, "AmazonEC2", machine!("t3.medium")),
    listed("ec2.m5_large", "0.096", "hour", EC2, "AmazonEC2", machine!("m5.large")),
    listed("ebs.gb_month", "0.08", "GB-month", EBS, "AmazonEC2", &[("usagetype", "EBS:VolumeUsage.gp3")]),
    listed("balancer.hour", "0.0225", "hour", BALANCER, "AWSELB", &[("usagetype", "LoadBalancerUsage"), ("operation", "LoadBalancing:Application")]),
    listed("balancer.unit_hour", "0.008", "LCU-hour", BALANCER, "AWSELB", &[("usagetype", "LCUUsage"), ("operation", "LoadBalancing:Application")]),
    listed("nat.hour", "0.045", "hour", VPC, "AmazonEC2", &[("usagetype", "NatGateway-Hours"), ("operation", "NatGateway")]),
    listed("nat.gb", "0.045", "GB", VPC, "AmazonEC2", &[("usagetype", "NatGateway-Bytes"), ("operation", "NatGateway")]),
    listed("transfer.out_gb", "0.09", "GB", EC2, "AWSDataTransfer", &[("usagetype", "DataTransfer-Out-Bytes")]),
    listed("ipv4.hour", "0.005", "hour", VPC, "AmazonVPC", &[("group", "VPCPublicIPv4Address"), ("usagetype", "PublicIPv4:InUseAddress")]),
];
