import { describe, expect, it } from "vitest";
import { barsOf, chartOf, linesOf } from "./charting";
import { toCsv } from "./csv";
import { fileOf } from "./file";
import { tabular } from "./tabular";
import { viewsOf } from "./views";

const byService = { group_by: ["service"] };
const rows = [
  { service: "a", count: 2, p50: null },
  { service: "b", count: 8, p50: 1.5 },
];

describe("the views of a result", () => {
  it("of an aggregate are a table, a chart and JSON", () => {
    expect(viewsOf({ result: { rows }, input: byService }).names).toEqual([
      "table",
      "chart",
      "json",
    ]);
  });

  it("of an analysis begin with its summary", () => {
    const result = {
      documents: [{ id: "r-1", sentiment: 0.5 }],
      summary: {
        text: "1 document",
        sentiment: { positive: 1, neutral: 0, negative: 0, mean: 0.5 },
        topics: [{ label: "battery", count: 1 }, "odd"],
        top_phrases: [{ phrase: "battery life", count: 2 }],
        highlights: [{ id: "r-1", text: "Good." }, {}],
      },
    };
    const views = viewsOf({ result, input: {} });
    expect(views.names).toEqual(["summary", "table", "chart", "json"]);
    expect(views.summary).toEqual({
      text: "1 document",
      sentiment: { positive: 1, neutral: 0, negative: 0 },
      topics: [{ label: "battery", count: 1 }],
      phrases: [{ label: "battery life", count: 2 }],
      highlights: ["Good."],
    });
  });

  it("of an export begin with the file", () => {
    const result = { url: "https://s/x", file_name: "x.csv", rows: 3, bytes: 9, format: "csv" };
    const views = viewsOf({ result, input: {} });
    expect(views.names).toEqual(["file", "json"]);
    expect(views.file).toMatchObject({ name: "x.csv", rows: 3, bytes: 9 });
    expect(fileOf({ ...result, url: "javascript:alert(1)" })).toBeNull();
  });

  it("of anything else is JSON", () => {
    for (const result of [null, 1, "x", { words: 3 }, [1]]) {
      expect(viewsOf({ result, input: null }).names).toEqual(["json"]);
    }
  });
});

describe("a chart", () => {
  const chart = (all: object[], groups: string[]) => {
    const table = tabular({ rows: all }, groups);
    return table && chartOf(table, groups);
  };

  it("has bars, the largest first, as wide as their share", () => {
    const bars = chart(rows, ["service"]);
    expect(bars?.measures).toEqual(["count", "p50"]);
    expect(bars && barsOf(bars, "count")).toEqual([
      { label: "b", value: 8, share: 1 },
      { label: "a", value: 2, share: 0.25 },
    ]);
    expect(bars && barsOf(bars, "p50")).toHaveLength(1);
  });

  it("has lines where time is a group, with gaps where nothing is", () => {
    const data = chart(
      [
        { time: "2026-01-01T01:00:00Z", service: "a", count: 1 },
        { time: "2026-01-01T00:00:00Z", service: "b", count: 5 },
        { time: "2026-01-01T00:00:00Z", service: "a", count: 2 },
      ],
      ["service", "time"],
    );
    const start = Date.parse("2026-01-01T00:00:00Z") / 1000;
    expect(data?.kind).toBe("lines");
    expect(data && linesOf(data, "count")).toEqual({
      times: [start, start + 3600],
      lines: [
        { label: "b", values: [5, null] },
        { label: "a", values: [2, 1] },
      ],
    });
  });

  it("is not there without a figure or a name", () => {
    expect(chart([{ service: "a" }], ["service"])).toBeNull();
    expect(chart([{ x: 1 }], [])).toBeNull();
    expect(chart([], ["service"])).toBeNull();
  });
});

describe("CSV", () => {
  it("quotes what needs it and runs no formula", () => {
    const table = tabular([{ a: 'x,"y"', b: "=1+1", c: null, d: [1], e: -2 }]);
    expect(table && toCsv(table)).toBe('a,b,c,d,e\r\n"x,""y""",\'=1+1,,[1],-2\r\n');
  });
});
