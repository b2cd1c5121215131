import { beforeEach, describe, expect, it } from "vitest";
import { detail } from "../../client/fakes";
import type { Kind } from "../api/kinds";
import { createDraft, type Draft } from "./draft";

const kind = (name: string, input: Kind["input"] = { properties: { a: {} } }): Kind => ({
  name,
  title: name,
  summary: "",
  costDrivers: null,
  outside: false,
  input,
});

let draft: Draft;

beforeEach(() => {
  draft = createDraft();
  draft.choose(kind("aggregate"));
});

describe("a draft", () => {
  it("is a form where the server describes the kind, else JSON with an example", () => {
    expect(draft.mode.value).toBe("form");
    draft.choose(kind("export", null));
    expect(draft.mode.value).toBe("json");
    expect(draft.task()).toEqual({ kind: "export", input: { source: "events", format: "csv" } });
  });

  it("goes between form and JSON with what was given", () => {
    draft.input.value = { a: 1 };
    draft.show("json");
    draft.json.value = '{"a":2}';
    draft.show("form");
    expect([draft.mode.value, draft.input.value]).toEqual(["form", { a: 2 }]);
  });

  it("keeps what is no JSON where it can be mended, and is no task", () => {
    draft.show("json");
    draft.json.value = "{";
    draft.show("form");
    expect([draft.mode.value, draft.fault.value, draft.tried.value]).toEqual([
      "json",
      "badJson",
      true,
    ]);
    expect(draft.task()).toBeNull();
    draft.json.value = "[]";
    expect(draft.fault.value).toBe("notAnObject");
  });

  it("begins anew with another kind, and not with the same", () => {
    draft.input.value = { a: 1 };
    draft.choose(kind("aggregate"));
    expect(draft.input.value).toEqual({ a: 1 });
    draft.choose(kind("analyze"));
    expect(draft.input.value).toEqual({});
  });

  it("takes over another task", () => {
    const task = detail(1, { kind: "analyze", input: { a: [1] }, tags: ["x", "y"] });
    draft.copy(task, [kind("aggregate"), kind("analyze")]);
    expect(draft.task()).toEqual({ kind: "analyze", input: { a: [1] }, tags: ["x", "y"] });
  });
});
