import { describe, expect, it } from "vitest";
import { summary, update } from "./fakes.ts";
import type { TaskSummary } from "./protocol.ts";
import { createdAt, EMPTY, reduce, type TaskList } from "./tasks.ts";

const ids = (list: TaskList) => list.tasks.map((task) => task.request_id);
const page = (tasks: TaskSummary[], next_cursor: string | null = null) => ({ tasks, next_cursor });
const loaded = (...tasks: TaskSummary[]) => reduce(EMPTY, { type: "reloaded", page: page(tasks) });

describe("the list of tasks", () => {
  it("is newest first, whatever order pages come in", () => {
    const first = reduce(EMPTY, { type: "reloaded", page: page([summary(9), summary(8)], "c") });
    const both = reduce(first, { type: "page", page: page([summary(6), summary(7), summary(8)]) });
    expect(ids(both)).toEqual(["task-9", "task-8", "task-7", "task-6"]);
    expect([first.nextCursor, both.nextCursor]).toEqual(["c", null]);
  });

  it("takes updates in order of version and drops repeats and stragglers", () => {
    const frames = [update(1, 3, { phase: "running" }), update(1, 2), update(1, 3)];
    const list = reduce(loaded(summary(1)), { type: "updates", frames });
    expect(list.tasks[0]).toMatchObject({ version: 3, phase: "running" });
    expect(reduce(list, { type: "updates", frames }).tasks).toBe(list.tasks);
  });

  it("leaves untouched tasks as they are", () => {
    const before = loaded(summary(1), summary(2));
    const after = reduce(before, { type: "updates", frames: [update(2, 2)] });
    expect(after.tasks[1]).toBe(before.tasks[1]);
  });

  it("knows when a task started and ended", () => {
    const frames = [
      update(1, 2, { at: "2026-01-02T01:00:00Z" }),
      update(1, 3, { at: "2026-01-02T01:00:02Z", progress: { percent: 50, message: null } }),
      update(1, 4, { at: "2026-01-02T01:00:05Z", status: "completed", phase: null }),
    ];
    const [task] = reduce(loaded(summary(1)), { type: "updates", frames }).tasks;
    expect(task).toMatchObject({
      status: "completed",
      started_at: "2026-01-02T01:00:00Z",
      finished_at: "2026-01-02T01:00:05Z",
      progress: { percent: 50 },
    });
  });

  it("shows a task of another tab at its first update, at the time its id was made", () => {
    const request_id = "019b7c3a-1c00-7abc-8def-0123456789ab";
    const frames = [update(0, 2, { request_id })];
    const list = reduce(loaded(summary(1)), { type: "updates", frames });
    const task = list.tasks.find((one) => one.request_id === request_id);
    expect(task).toMatchObject({ version: 2, created_at: createdAt(request_id) });
    expect(createdAt("not-a-uuid")).toBeNull();
  });

  it("does not let a submission's answer undo an update that overtook it", () => {
    const request_id = "task-5";
    const done = update(5, 4, { status: "completed", phase: null });
    const early = reduce(EMPTY, { type: "updates", frames: [done] });
    const list = reduce(early, {
      type: "submitted",
      task: { kind: "aggregate", input: {}, tags: ["t"] },
      accepted: { request_id, status: "processing", message: "", version: 1 },
      at: "2026-01-02T00:00:05Z",
    });
    expect(list.tasks).toHaveLength(1);
    expect(list.tasks[0]).toMatchObject({ version: 4, status: "completed", tags: ["t"] });
  });

  it("does not let a list that was read early undo an update", () => {
    const list = reduce(loaded(summary(1)), { type: "updates", frames: [update(1, 5)] });
    const again = reduce(list, { type: "reloaded", page: page([summary(1, { version: 3 })]) });
    expect(again.tasks[0]?.version).toBe(5);
  });

  it("keeps newer tasks at a reload, and leaves older ones to the cursor", () => {
    const before = loaded(summary(9), summary(3), summary(2));
    const list = reduce(before, { type: "reloaded", page: page([summary(8), summary(3)], "c") });
    expect(ids(list)).toEqual(["task-9", "task-8", "task-3"]);
  });

  it("ends a failed task with its reason", () => {
    const error = { code: "bad_input", message: "No such field" };
    const failed = update(1, 2, { status: "failed", phase: null, error });
    const list = reduce(loaded(summary(1)), { type: "updates", frames: [failed] });
    expect(list.tasks[0]).toMatchObject({ status: "failed", error });
  });

  it("assembles the same list from any order of arrival", () => {
    const frames = [2, 3, 4, 5].flatMap((version) => [update(1, version), update(2, version)]);
    const whole = reduce(loaded(summary(1), summary(2)), { type: "updates", frames });
    const shuffled = [5, 2, 7, 0, 3, 6, 1, 4].flatMap((i) => frames[i] ?? []);
    const pieces = shuffled.reduce(
      (list, frame) => reduce(list, { type: "updates", frames: [frame] }),
      loaded(summary(1), summary(2)),
    );
    expect(pieces.tasks.map((t) => t.version)).toEqual(whole.tasks.map((t) => t.version));
  });
});
