/** `GET /dashboard/timeseries`: figures over time. */

import type { Http } from "../../client/http";
import { isObject, object, text } from "../../client/json";
import type { Range } from "../overview/range";

export const METRICS = [
  "requests",
  "errors",
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "active_users",
] as const;

export type Metric = (typeof METRICS)[number];

export interface Series {
  metric: Metric;
  /** The service; null where all are together. */
  group: string | null;
  /** As long as the times; null where there is nothing to measure. */
  values: (number | null)[];
}

export interface Timeseries {
  /** Seconds since the epoch, ascending. */
  times: number[];
  series: Series[];
}

export async function readTimeseries(
  http: Pick<Http, "get">,
  { from, to, bucket }: Range,
  byService: boolean,
): Promise<Timeseries> {
  const answer = await http.get("/dashboard/timeseries", {
    metric: METRICS.join(","),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    bucket,
    group_by: byService ? "service" : null,
  });
  return parseTimeseries(answer);
}

/** Nothing is taken on trust: a series of another length would move figures to other times. */
export function parseTimeseries(answer: unknown): Timeseries {
  const { times: told, series } = object(answer);
  const times = (Array.isArray(told) ? told : []).map((at) => Date.parse(String(at)) / 1000);
  const read = (Array.isArray(series) ? series : []).filter(isObject).flatMap((one): Series[] => {
    const metric = METRICS.find((name) => name === one.metric);
    const { values } = one;
    if (!metric || !Array.isArray(values) || values.length !== times.length) return [];
    const numbers = values.map((value) => (typeof value === "number" ? value : null));
    return [{ metric, group: text(one.group), values: numbers }];
  });
  return { times, series: read };
}
