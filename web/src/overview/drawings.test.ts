import { describe, expect, it } from "vitest";
import type { Series } from "../api/timeseries";
import { drawingsOf, isQuiet } from "./drawings";

const range = { from: 0, to: 7_200_000, bucket: "hour" } as const;
const shown = (...series: Series[]) => ({ times: [0, 3600], series, range });
const one = (metric: Series["metric"], values: Series["values"], group: string | null = null) => ({
  metric,
  group,
  values,
});

describe("the charts of the overview", () => {
  it("show all services together, errors beside requests", () => {
    const drawings = drawingsOf(shown(one("requests", [10, 0]), one("errors", [1, 0])));
    expect(drawings.requests.lines.map(({ label, values }) => [label, values])).toEqual([
      ["Requests", [10, 0]],
      ["Errors", [1, 0]],
    ]);
    expect(drawings.errorRate.lines[0]?.values, "no rate without requests").toEqual([0.1, null]);
    expect(drawings.latency.lines.map(({ label, values }) => [label, values])).toEqual([
      ["p50", [null, null]],
      ["p95", [null, null]],
      ["p99", [null, null]],
    ]);
  });

  it("show each service on its own, the busiest first", () => {
    const drawings = drawingsOf(
      shown(
        one("requests", [1, 1], "a"),
        one("requests", [9, 9], "b"),
        one("errors", [3, null], "b"),
        one("latency_p95", [5, 6], "a"),
      ),
    );
    const labels = (name: keyof typeof drawings) => drawings[name].lines.map((line) => line.label);
    expect(labels("requests")).toEqual(["b", "a"]);
    expect(labels("latency")).toEqual(["b", "a"]);
    expect(drawings.errorRate.lines[0]?.values).toEqual([3 / 9, 0]);
  });

  it("know when nothing happened", () => {
    expect(isQuiet(shown(one("requests", [0, 0]), one("latency_p50", [null, null])))).toBe(true);
    expect(isQuiet(shown(one("requests", [0, 1])))).toBe(false);
  });
});
