// POST /tasks in Node, the plain way: one item, one message. It checks less than ours and limits no tenant.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { serve } from './runtime.mjs';

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});
const KINDS = new Set(['aggregate', 'analyze', 'export']);

function answer(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

await serve(async (event) => {
  const claims = event.requestContext.authorizer.jwt.claims;
  const { kind, input, tags = [] } = JSON.parse(event.body);
  if (!KINDS.has(kind) || typeof input !== 'object') {
    return answer(422, { code: 'invalid_body' });
  }
  const tenant = claims['custom:tenant'];
  const id = randomUUID();
  const now = new Date().toISOString();
  const item = { pk: `${tenant}#${id}`, sk: 'task', tenant, id, owner: claims.sub, kind, input, tags };
  await table.send(
    new PutCommand({
      TableName: process.env.PEER_TABLE,
      Item: { ...item, status: 'queued', version: 1, created_at: now },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  await queue.send(
    new SendMessageCommand({
      QueueUrl: process.env.PEER_QUEUE_URL,
      MessageBody: JSON.stringify({ tenant, request_id: id }),
      MessageGroupId: tenant,
    }),
  );
  return answer(202, { request_id: id, status: 'processing', message: 'Your task has been queued.' });
});
