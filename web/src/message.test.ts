import { describe, expect, it } from "vitest";
import { summary } from "../client/fakes";
import { ApiError, NetworkError, SignInError } from "../client/page";
import { messageOf } from "./message";
import { endedSince } from "./tasks/list";

describe("messages", () => {
  it("say what the API said", () => {
    const error = new ApiError(422, { code: "invalid_input", title: "Invalid", detail: "Why" });
    expect(messageOf(error)).toEqual({ title: "Invalid", detail: "Why", code: "invalid_input" });
    expect(messageOf(new ApiError(500, {}))).toEqual({
      title: "The server answered 500",
      detail: null,
      code: "http_500",
    });
  });

  it("name the fields at fault", () => {
    const errors = [{ field: "input.window", message: "must be 1h, 24h, 7d or all" }];
    expect(messageOf(new ApiError(422, { errors })).fields).toEqual(errors);
  });

  it("are in our own words where we know better", () => {
    const wrong = new SignInError("invalid_credentials", "Refused", "NotAuthorized");
    expect(messageOf(wrong).title).toBe("Wrong username or password");
    const detail =
      "submission of tasks of your tenant is paused until 2026-04-01T00:00:00Z: the budget is spent";
    const paused = new ApiError(429, { code: "paused", title: "Too Many Requests", detail });
    expect(messageOf(paused)).toEqual({ title: "Submission is paused", detail, code: "paused" });
    expect(messageOf(new NetworkError("network")).detail).toMatch(/connection/);
  });
});

describe("announcements", () => {
  const list = (loaded: boolean, ...tasks: ReturnType<typeof summary>[]) => ({
    tasks,
    nextCursor: null,
    loaded,
  });
  const done = summary(1, { status: "completed", phase: null });

  it("tell that a task has ended, and nothing else", () => {
    expect(endedSince(list(true, summary(1)), list(true, done))).toBe("Task aggregate: Completed");
    expect(endedSince(list(true, done), list(true, done))).toBeNull();
    expect(endedSince(list(true), list(true, done))).toBeNull();
    expect(endedSince(list(false, summary(1)), list(true, done))).toBeNull();
  });
});
