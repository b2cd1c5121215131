import { describe, expect, it } from "vitest";
import { type ConnectionEvent, type ConnectionState, STOPPED, step } from "./connection.ts";

const moment = { now: 100_000, random: 1 };
const lost: ConnectionEvent = { type: "lost", reason: "closed 1006" };

function run(state: ConnectionState, ...events: ConnectionEvent[]) {
  return events.reduce((last, event) => step(last.state, event, moment), {
    state,
    effects: [] as ReturnType<typeof step>["effects"],
  });
}

describe("connection", () => {
  it("connects at the start and is open once the socket says so", () => {
    const started = step(STOPPED, { type: "start" }, moment);
    expect(started.effects).toEqual([{ type: "connect" }]);
    expect(run(started.state, { type: "opened" }).state).toMatchObject({ name: "open" });
  });

  it("waits longer after every failure, then tries again", () => {
    const first = run(STOPPED, { type: "start" }, lost);
    expect(first.state).toMatchObject({ name: "waiting", failures: 1, retryAt: 100_500 });
    expect(first.effects).toEqual([{ type: "disconnect" }, { type: "wait", ms: 500 }]);
    const second = run(first.state, { type: "retry-due" }, lost);
    expect(second.state).toMatchObject({ name: "waiting", failures: 2, retryAt: 101_000 });
  });

  it("forgets failures only after a connection that held", () => {
    const open = (since: number): ConnectionState => ({
      name: "open",
      failures: 4,
      since,
      successor: "none",
    });
    expect(run(open(moment.now - 9_999), lost).state).toMatchObject({ failures: 5 });
    expect(run(open(moment.now - 10_000), lost).state).toMatchObject({ failures: 1 });
  });

  it("does not wait any longer when woken, and asks an open connection for a sign of life", () => {
    const waiting = run(STOPPED, { type: "start" }, lost).state;
    expect(step(waiting, { type: "wake" }, moment).effects).toEqual([{ type: "connect" }]);
    const open = run(STOPPED, { type: "start" }, { type: "opened" }).state;
    expect(step(open, { type: "wake" }, moment).effects).toEqual([{ type: "check" }]);
    expect(step(STOPPED, { type: "wake" }, moment).effects).toEqual([]);
  });

  it("stops from everywhere and stays stopped", () => {
    const connecting = run(STOPPED, { type: "start" }).state;
    for (const state of [connecting, run(connecting, { type: "opened" }).state]) {
      expect(step(state, { type: "stop" }, moment)).toEqual({
        state: STOPPED,
        effects: [{ type: "disconnect" }],
      });
    }
    for (const type of ["opened", "retry-due", "wake"] as const) {
      expect(step(STOPPED, { type }, moment)).toEqual({ state: STOPPED, effects: [] });
    }
    expect(step(STOPPED, lost, moment).state).toBe(STOPPED);
  });
});
