import { describe, expect, it } from "vitest";
import { applyUpdate } from "./detail.ts";
import { detail, update } from "./fakes.ts";

describe("one task", () => {
  it("grows its history and takes the result with the last update", () => {
    const before = detail(1, { version: 2 });
    const running = applyUpdate(before, update(1, 3));
    const result = { rows: [{ count: 1 }] };
    const done = applyUpdate(running, update(1, 4, { status: "completed", phase: null, result }));
    expect(done.updates.map((one) => one.version)).toEqual([3, 4]);
    expect(done).toMatchObject({ status: "completed", version: 4, result });
  });

  it("ignores other tasks, repeats and stragglers", () => {
    const before = detail(1, { version: 2 });
    for (const frame of [update(2, 9), update(1, 2), update(1, 1)]) {
      expect(applyUpdate(before, frame)).toBe(before);
    }
  });

  it("forgets the old result when the task runs again", () => {
    const done = detail(1, { version: 4, status: "completed", result: 1, result_url: "https://x" });
    const again = applyUpdate(done, update(1, 5));
    expect(again).not.toHaveProperty("result");
    expect(again).not.toHaveProperty("result_url");
  });
});
