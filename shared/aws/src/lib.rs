//! DynamoDB, SQS, S3 and management API adapters: the only users of the AWS SDK.
