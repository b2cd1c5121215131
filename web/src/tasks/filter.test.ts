import { describe, expect, it } from "vitest";
import { summary } from "../../client/fakes";
import { type Filter, isEmpty, matches, questionOf, readFilter } from "./filter";

const filter = (part: Partial<Filter>): Filter => ({ status: null, kind: null, text: "", ...part });
const ID = "019b7c3a-1c00-7abc-8def-0123456789ab";

describe("the filter of tasks", () => {
  it("is read from the address, of which nothing is taken on trust", () => {
    expect(readFilter({ status: "failed", kind: "export", text: "x" })).toEqual({
      status: "failed",
      kind: "export",
      text: "x",
    });
    expect(readFilter({ status: "odd", kind: "" })).toEqual(filter({}));
    expect(isEmpty(readFilter({ text: "  " }))).toBe(true);
  });

  it("asks the server for what it can tell", () => {
    expect(questionOf(filter({}))).toBeNull();
    expect(questionOf(filter({ status: "failed", kind: "export" }))).toEqual({
      list: { status: "failed", kind: "export" },
    });
    expect(questionOf(filter({ text: " nightly " }))).toEqual({ list: { tag: "nightly" } });
    expect(questionOf(filter({ text: ID.toUpperCase() }))).toEqual({ id: ID });
  });

  it("finds tasks by id, tag, kind, status and what is said of them", () => {
    const task = summary(1, {
      request_id: ID,
      kind: "export",
      status: "failed",
      tags: ["Nightly"],
      error: { code: "export_too_large", message: "Too many rows" },
    });
    for (const text of ["456789AB", "nightly", "expo", "too_large", "many rows", " "]) {
      expect(matches(task, filter({ text })), text).toBe(true);
    }
    expect(matches(task, filter({ text: "weekly" }))).toBe(false);
    expect(matches(task, filter({ status: "failed", kind: "export" }))).toBe(true);
    expect(matches(task, filter({ status: "completed" }))).toBe(false);
    expect(matches(task, filter({ kind: "aggregate" }))).toBe(false);
  });
});
