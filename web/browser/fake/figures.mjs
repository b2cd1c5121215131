/** Figures over time as a service has them: more by day, worse now and then. The same each time. */

const STEPS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** In [0, 1), the same for the same seed. */
function noise(seed) {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

export function timeseries(query) {
  const [from, to, bucket] = [query.get("from"), query.get("to"), query.get("bucket")];
  const step = STEPS[bucket];
  const times = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += step) times.push(at);
  const groups = query.get("group_by") ? ["checkout", "search", "accounts"] : [null];
  const series = query
    .get("metric")
    .split(",")
    .flatMap((metric) =>
      groups.map((group, g) => ({
        metric,
        group,
        values: times.map((at, i) => figureOf(metric, at, i + g * 97, step, groups.length)),
      })),
    );
  return { from, to, bucket, times: times.map((at) => new Date(at).toISOString()), series };
}

function figureOf(metric, at, seed, step, parts) {
  const hour = (at / STEPS.hour) % 24;
  const busy = (1.2 + Math.sin(((hour - 8) / 24) * 2 * Math.PI)) * (0.9 + 0.2 * noise(seed));
  const requests = Math.round((busy * 40 * (step / STEPS.minute)) / parts);
  const slow = 1 + 0.8 * Math.max(0, Math.sin(seed / 9)) * noise(seed + 5);
  const by = { latency_p50: 42, latency_p95: 130, latency_p99: 260 }[metric];
  if (by) return Math.round(by * slow * 10) / 10;
  if (metric === "errors") return Math.round(requests * 0.02 * slow * noise(seed + 3));
  return metric === "active_users" ? Math.round(requests / 12) : requests;
}
