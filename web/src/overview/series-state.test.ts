import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { settle } from "../../client/fakes";
import { ApiError, type DashboardWindow } from "../../client/page";
import { createSeries, type SeriesState } from "./series-state";

const NOW = Date.parse("2026-05-01T12:00:00Z");
const TIMES = ["2026-05-01T11:00:00Z", "2026-05-01T12:00:00Z"];

let asked: Record<string, string>[];
let answer: () => unknown;
let series: SeriesState;
const window = signal<DashboardWindow>("24h");

beforeEach(async () => {
  series?.close();
  asked = [];
  answer = () => ({
    times: TIMES,
    series: [
      { metric: "requests", group: null, values: [1, 2] },
      { metric: "latency_p95", group: null, values: [null, "x"] },
      { metric: "errors", group: null, values: [1] },
      { metric: "moons", group: null, values: [1, 2] },
    ],
  });
  window.value = "24h";
  const get = async <T>(_: string, query?: object) => {
    asked.push(query as Record<string, string>);
    return answer() as T;
  };
  series = createSeries({ http: { get } }, window, () => NOW);
  await settle();
});

describe("figures over time", () => {
  it("are asked in whole buckets and read without trust", () => {
    expect(asked).toEqual([
      {
        metric: "requests,errors,latency_p50,latency_p95,latency_p99,active_users",
        from: "2026-04-30T12:00:00.000Z",
        to: "2026-05-01T12:00:00.000Z",
        bucket: "hour",
        group_by: null,
      },
    ]);
    expect(series.shown.value).toMatchObject({
      times: TIMES.map((at) => Date.parse(at) / 1000),
      series: [
        { metric: "requests", values: [1, 2] },
        { metric: "latency_p95", values: [null, null] },
      ],
    });
  });

  it("are zoomed, and stay so until the window changes", async () => {
    series.zoomTo(NOW / 1000 - 7_200, NOW / 1000 - 3_600);
    await settle();
    expect(asked.at(-1)).toMatchObject({ bucket: "minute", to: "2026-05-01T11:00:00.000Z" });
    await series.refresh();
    expect(asked, "what is looked at closely is left alone").toHaveLength(2);
    window.value = "7d";
    await settle();
    expect(series.zoomed.value).toBe(false);
    expect(asked.at(-1)).toMatchObject({ from: "2026-04-24T12:00:00.000Z" });
  });

  it("are split on request", async () => {
    series.split(true);
    await settle();
    expect(asked.at(-1)?.group_by).toBe("service");
  });

  it("are said to be missing where the server is older, and not asked again", async () => {
    answer = () => {
      throw new ApiError(404, { code: "not_found" });
    };
    await series.load();
    expect([series.offered.value, series.error.value]).toEqual([false, null]);
    await series.refresh();
    expect(asked).toHaveLength(2);
  });
});
