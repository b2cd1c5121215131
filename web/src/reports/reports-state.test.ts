import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { settle } from "../../client/fakes";
import { ApiError } from "../../client/page";
import { createListeners } from "../state/ports";
import { createReports, type Reports } from "./reports-state";

const body = (n: number) => ({
  request_id: `r-${n}`,
  kind: "aggregate",
  title: "Requests by service",
  created_at: "2026-03-01T12:00:00Z",
  tags: ["nightly"],
  row_count: null,
  bytes: 40,
  input: {},
});

let asked: string[];
let answer: (path: string) => unknown;
let reports: Reports;
let beats = createListeners<void>();
const id = signal<string | null>(null);

beforeEach(async () => {
  reports?.close();
  asked = [];
  beats = createListeners();
  id.value = null;
  answer = () => ({ reports: [body(2), "odd"], next_cursor: "c" });
  await begin();
});

async function begin() {
  const get = async <T>(path: string, query: { cursor?: string | null } = {}) => {
    asked.push(query.cursor ? `${path}?${query.cursor}` : path);
    return answer(path) as T;
  };
  const pulse = { onBeat: (callback: () => void) => beats.add(callback) };
  reports = createReports({ client: { http: { get } }, pulse }, id);
  await settle();
}

const ids = () => reports.list.value.value?.reports.map((report) => report.requestId);

describe("reports", () => {
  it("are read in pages, and again with the pulse", async () => {
    expect(ids()).toEqual(["r-2"]);
    answer = () => ({ reports: [body(1)], next_cursor: null });
    await reports.more();
    expect(ids()).toEqual(["r-2", "r-1"]);
    beats.emit();
    await settle();
    expect(asked).toEqual(["/reports", "/reports?c", "/reports"]);
  });

  it("are opened by their id", async () => {
    answer = () => ({ ...body(7), result: { rows: [] } });
    id.value = "r 7";
    await settle();
    expect(asked.at(-1)).toBe("/reports/r%207");
    expect(reports.open.value.value).toMatchObject({ title: "Requests by service", rows: null });
    id.value = null;
    expect(reports.open.value.value).toBeNull();
  });

  it("are said to be missing where the server is older", async () => {
    answer = () => {
      throw new ApiError(404, { code: "not_found" });
    };
    reports.close();
    await begin();
    expect([reports.offered.value, reports.list.error.value]).toEqual([false, null]);
  });
});
