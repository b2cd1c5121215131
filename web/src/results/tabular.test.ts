import { describe, expect, it } from "vitest";
import { groupsOf, inWholeDays, sorted, tabular } from "./tabular";

const names = (result: unknown, groups: string[] = []) =>
  tabular(result, groups)?.columns.map((column) => column.name);

describe("a result as a table", () => {
  it("puts the groups first, in the order asked, and the measures in reading order", () => {
    const users = { error_rate: 0, max: 5, min: 1, unique_users: 1 };
    const rows = [
      { ...users, count: 1, mean: 2, p50: 2, p95: 3, p99: 4, service: "a", status: 200 },
    ];
    const measures = "count error_rate unique_users mean min p50 p95 p99 max";
    const order = ["status", "service", ...measures.split(" ")];
    expect(names({ rows }, ["status", "service"])).toEqual(order);
  });

  it("discovers columns over all rows and knows which are numbers", () => {
    const table = tabular([{ a: "x" }, { a: "y", b: 1 }, { b: null }]);
    expect(table?.columns).toEqual([
      { name: "a", numeric: false },
      { name: "b", numeric: true },
    ]);
  });

  it("shows documents where there are no rows", () => {
    const documents = [{ id: "a", sentiment: 0.5 }];
    expect(tabular({ documents, summary: {} })?.rows).toBe(documents);
  });

  it("leaves other shapes alone", () => {
    for (const result of [null, undefined, 7, "rows", {}, { rows: 3 }, { rows: [1] }, [[]]]) {
      expect(tabular(result)).toBeNull();
    }
    expect(tabular({ rows: [] })).toEqual({ rows: [], columns: [] });
  });

  it("sorts numbers as numbers, text as text, and what is missing last", () => {
    const rows = [{ n: 10 }, { n: null }, { n: 9 }];
    const by = (descending: boolean) =>
      sorted(rows, { column: "n", descending }).map((row) => row.n);
    expect(by(false)).toEqual([9, 10, null]);
    expect(by(true)).toEqual([10, 9, null]);
    expect(sorted(rows, null)).toBe(rows);
  });

  it("tells days from shorter steps", () => {
    const day = { time: "2017-05-16T00:00:00Z" };
    expect(inWholeDays([day, {}])).toBe(true);
    expect(inWholeDays([day, { time: "2017-05-16T01:00:00Z" }])).toBe(false);
  });

  it("reads the groups from any input", () => {
    expect(groupsOf({ group_by: ["service", 3, "time"] })).toEqual(["service", "time"]);
    for (const input of [null, undefined, "x", {}, { group_by: "service" }]) {
      expect(groupsOf(input)).toEqual([]);
    }
  });
});
