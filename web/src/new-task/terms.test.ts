import { expect, it } from "vitest";
import { NO_TERMS, taskOf } from "./terms";

it("a task says only what was given", () => {
  expect(taskOf("export", { source: "logs" }, NO_TERMS)).toEqual({
    kind: "export",
    input: { source: "logs" },
  });
  const all = taskOf(
    "export",
    {},
    {
      tags: "a, b",
      priority: "high",
      delay: "30",
      deadline: "2026-05-01T12:30",
      callback: " https://x ",
    },
  );
  expect(all).toMatchObject({ tags: ["a", "b"], priority: "high", delay: 30 });
  expect([all.callback_url, all.deadline?.endsWith("Z")]).toEqual(["https://x", true]);
});
