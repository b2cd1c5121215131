/** Tasks of a busy account, and the updates that make it busy. */

const id = (n) => `019b7c3a-1c00-7abc-8def-${String(n).padStart(12, "0")}`;

const KINDS = ["aggregate", "analyze", "export", "external"];
const ENDS = ["completed", "completed", "completed", "failed", "cancelled", "timed_out"];

/** The first ones run, the others have ended. */
export function taskList(count, running, now = Date.now()) {
  return Array.from({ length: count }, (_, n) => taskOf(n, n < running, now));
}

function taskOf(n, runs, now) {
  const created = now - (n + 1) * 7_000;
  const at = (ms) => new Date(created + ms).toISOString();
  const status = runs ? "processing" : ENDS[n % ENDS.length];
  const error = { code: "too_many_rows", message: "The export holds more rows than it may." };
  return {
    request_id: id(count(n)),
    kind: KINDS[n % KINDS.length],
    status,
    phase: runs ? "running" : null,
    version: 3,
    progress: runs ? { percent: (n * 7) % 100, message: `${n * 1000} rows` } : null,
    attempt: 1,
    error: status === "failed" ? error : null,
    tags: n % 3 === 0 ? ["nightly"] : [],
    created_at: at(0),
    updated_at: at(900),
    started_at: at(120),
    finished_at: runs ? null : at(900 + n * 13),
  };
}

const count = (n) => 999_999 - n;

export function detailOf(task) {
  const { created_at, started_at, finished_at, status, error } = task;
  const update = (version, part) => ({
    version,
    status: "processing",
    phase: "running",
    progress: null,
    attempt: 1,
    error: null,
    ...part,
  });
  const rows = ["checkout", "search", "accounts"].flatMap((service, i) =>
    [200, 404, 500].map((code, j) => ({
      service,
      status: code,
      count: 4200 >> (i + 2 * j),
      error_rate: code === 500 ? 1 : 0,
      unique_users: 310 >> (i + j),
      mean: 48.2 + 20 * i + 5 * j,
      p50: 41.5 + 18 * i,
      p95: 130.4 + 30 * j,
      p99: 240.9 + 60 * j,
    })),
  );
  return {
    ...task,
    input: { group_by: ["service", "status"], window: "24h" },
    updates: [
      update(1, { phase: "queued", attempt: 0, at: created_at }),
      update(2, { at: started_at }),
      update(3, {
        at: task.updated_at,
        status,
        phase: task.phase,
        progress: task.progress,
        error,
      }),
    ],
    attempts: [
      {
        attempt: 1,
        started_at,
        ended_at: finished_at,
        outcome: status === "processing" ? "running" : status,
        error,
      },
    ],
    usage: { lambda_ms: 412, lambda_gb_seconds: 0.206, dynamodb_write_units: 4, sqs_requests: 3 },
    cost_usd: 0.0000119,
    ...(status === "completed" ? { result: { rows } } : {}),
  };
}

/** The next update of a running task. */
export function nextUpdate(task) {
  task.version += 1;
  task.progress = { percent: task.version % 100, message: `${task.version * 250} rows` };
  return {
    type: "update",
    request_id: task.request_id,
    kind: task.kind,
    status: "processing",
    version: task.version,
    phase: "running",
    progress: task.progress,
    attempt: 1,
    tags: task.tags,
    at: new Date().toISOString(),
  };
}
