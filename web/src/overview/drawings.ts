/** The charts of the overview, from the figures over time. Pure. */

import type { Metric, Series } from "../api/timeseries";
import type { Drawing, Line } from "../charts/line-chart";
import { count, milliseconds, percent } from "../format";
import { texts } from "../texts";
import type { ShownSeries } from "./series-state";

/** Named in the order of the page. */
export interface Drawings {
  requests: Drawing;
  errorRate: Drawing;
  latency: Drawing;
  activeUsers: Drawing;
}

const BAD = 2;

/** The services that are drawn of each metric, the busiest first. */
const MOST_GROUPS = 8;

const ms = (value: number) => `${milliseconds(value)} ${texts.milliseconds}`;

export function drawingsOf({ times, series }: ShownSeries): Drawings {
  const groups = groupsOf(series);
  const split = groups.some((group) => group !== null);
  const of = (metric: Metric, extra: Partial<Line> = {}) =>
    groups.map((group): Line => {
      const found = series.find((one) => one.metric === metric && one.group === group);
      const label = split ? (group ?? texts.overview.charts.other) : texts.overview.metrics[metric];
      return { label, values: found?.values ?? times.map(() => null), ...(split ? {} : extra) };
    });
  const drawing = (lines: Line[], format: Drawing["format"], least = 1): Drawing => ({
    times,
    lines,
    format,
    least,
  });
  const [requests, errors] = [of("requests"), of("errors")];
  const rates = requests.map((line, i) => rateOf(line, errors[i], split));
  return {
    requests: drawing(
      split ? requests : [...of("requests", { filled: true }), ...of("errors", { colour: BAD })],
      count,
    ),
    errorRate: drawing(rates, percent, 0.01),
    latency: drawing(
      split
        ? of("latency_p95")
        : [...of("latency_p50"), ...of("latency_p95"), ...of("latency_p99")],
      ms,
    ),
    activeUsers: drawing(of("active_users", { filled: true, colour: 3 }), count),
  };
}

/** Without a request there is no rate. */
function rateOf(requests: Line, errors: Line | undefined, split: boolean): Line {
  const values = requests.values.map((all, i) => (all ? (errors?.values[i] ?? 0) / all : null));
  const label = split ? requests.label : texts.overview.metrics.error_rate;
  return { label, values, ...(split ? {} : { colour: BAD, filled: true }) };
}

function groupsOf(series: readonly Series[]): (string | null)[] {
  const sums = new Map<string | null, number>();
  for (const { metric, group, values } of series) {
    const sum = values.reduce<number>((all, one) => all + (one ?? 0), 0);
    sums.set(group, (sums.get(group) ?? 0) + (metric === "requests" ? sum : 0));
  }
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([group]) => group)
    .slice(0, MOST_GROUPS);
}

/** Whether anything happened at all. */
export function isQuiet({ series }: ShownSeries): boolean {
  return series.every(
    ({ metric, values }) => metric !== "requests" || values.every((value) => !value),
  );
}

/** One figure of each time, for a sparkline. */
export function valuesOf({ series }: ShownSeries, metric: Metric): (number | null)[] {
  return series.find((one) => one.metric === metric && one.group === null)?.values ?? [];
}
