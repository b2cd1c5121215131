// GET /dashboard in Node: the same figures from the same servers, both asked at once.
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { serve } from './runtime.mjs';

const COUNTS = `
SELECT
    (SELECT count(*) FROM users WHERE tenant = $1) AS user_count,
    (
        SELECT count(*) FROM sessions
        WHERE tenant = $1 AND ended_at IS NULL AND started_at >= LEAST(
            $2, (SELECT newest_event_at FROM tenants WHERE tenant = $1)
        ) - make_interval(secs => $3)
    ) AS active_sessions`;
const SESSION_IDLE_SECONDS = 1800;
const WINDOWS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 };

const postgres = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const mongo = new MongoClient(process.env.MONGODB_URI, { maxPoolSize: 4 });
const events = mongo.db().collection('events');

async function counts(tenant, now) {
  const { rows } = await postgres.query({
    name: 'counts',
    text: COUNTS,
    values: [tenant, now, SESSION_IDLE_SECONDS],
  });
  return rows[0];
}

async function mean(tenant, from) {
  const rows = await events
    .aggregate([
      { $match: { tenant, type: 'request', at: { $gte: from } } },
      { $group: { _id: null, mean: { $avg: '$response_time_ms' } } },
    ])
    .toArray();
  return rows[0]?.mean ?? 0;
}

function answer(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

await serve(async (event) => {
  const tenant = event.requestContext.authorizer.jwt.claims['custom:tenant'];
  const window = WINDOWS[event.queryStringParameters?.window ?? '24h'];
  if (!tenant || !window) {
    return answer(400, { code: 'invalid_query' });
  }
  const now = new Date();
  const [known, average] = await Promise.all([counts(tenant, now), mean(tenant, new Date(now - window))]);
  return answer(200, {
    user_count: Number(known.user_count),
    active_sessions: Number(known.active_sessions),
    avg_response_time_ms: average,
  });
});
