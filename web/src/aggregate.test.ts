import { describe, expect, it } from "vitest";
import { FIRST_CHOICE, toggled, toTask } from "./aggregate";

describe("the aggregate form", () => {
  it("makes the task that the API documents", () => {
    expect(toTask(FIRST_CHOICE)).toEqual({
      kind: "aggregate",
      input: { group_by: ["service"], window: "all" },
    });
  });

  it("sends a time step only where time is a group", () => {
    const task = toTask({ groups: ["service", "time"], bucket: "day", window: "7d" });
    expect(task?.input).toEqual({ group_by: ["service", "time"], window: "7d", bucket: "day" });
  });

  it("needs a group", () => {
    expect(toTask({ ...FIRST_CHOICE, groups: [] })).toBeNull();
  });

  it("keeps groups in one order, however they were chosen", () => {
    expect(toggled(["time"], "service")).toEqual(["service", "time"]);
    expect(toggled(["service", "time"], "service")).toEqual(["time"]);
  });
});
