import { describe, expect, it } from "vitest";
import { parseFrame } from "./frames.ts";

const update = { type: "update", request_id: "a", status: "processing", version: 3 };
const parse = (value: unknown) => parseFrame(JSON.stringify(value));

describe("frames", () => {
  it("reads a whole update", () => {
    const frame = {
      ...update,
      kind: "aggregate",
      phase: "running",
      progress: { percent: 40, message: "Counting" },
      at: "2026-01-02T03:04:05Z",
    };
    expect(parse(frame)).toEqual({ ...frame, attempt: null, error: null });
  });

  it("reads the shortest update that older servers send", () => {
    expect(parse({ ...update, status: "completed", result: { rows: [] } })).toMatchObject({
      request_id: "a",
      status: "completed",
      result: { rows: [] },
      kind: null,
      phase: null,
      at: null,
    });
  });

  it("keeps a result only when there is one", () => {
    expect(parse({ ...update, result: null, result_url: null })).not.toHaveProperty("result");
    expect(parse({ ...update, result: 0 })).toHaveProperty("result", 0);
    expect(parse({ ...update, result_url: "https://x" })).toHaveProperty("result_url", "https://x");
  });

  it("reads errors and pongs, and passes over what it does not know", () => {
    expect(parse({ type: "pong" })).toEqual({ type: "pong" });
    expect(parse({ type: "error", code: "bad_frame", message: "No." })).toEqual({
      type: "error",
      code: "bad_frame",
      message: "No.",
    });
    expect(parse({ type: "weather" })).toEqual({
      type: "unknown",
      frame: { type: "weather" },
    });
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["a binary message", new ArrayBuffer(4)],
    ["no id", JSON.stringify({ ...update, request_id: "" })],
    ["a foreign status", JSON.stringify({ ...update, status: "done" })],
    ["a version that is no number", JSON.stringify({ ...update, version: "3" })],
    ["a broken version", JSON.stringify({ ...update, version: 1.5 })],
  ])("calls %s malformed", (_, data) => {
    expect(parseFrame(data).type).toBe("malformed");
  });

  it("leaves out of a resumed frame what it cannot read", () => {
    const done = { version: 3, recovered: true };
    const tasks = { a: done, b: { version: "3" }, c: null, d: { version: 4 } };
    expect(parse({ type: "resumed", tasks })).toEqual({
      type: "resumed",
      tasks: { a: done, d: { version: 4, recovered: false } },
    });
  });

  it("drops fields of the wrong type instead of failing", () => {
    const odd = { ...update, phase: "napping", progress: 7, error: "x", at: 5 };
    expect(parse(odd)).toMatchObject({ phase: null, progress: null, error: null, at: null });
  });
});
