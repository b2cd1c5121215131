/** Whatever happens in whatever order, the connection keeps its promises. */

import { describe, expect, it } from "vitest";
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  STOPPED,
  step,
} from "./connection.ts";
import { seeded } from "./fakes.ts";

const EVENTS: readonly ConnectionEvent[] = [
  { type: "start" },
  { type: "stop" },
  { type: "opened" },
  { type: "lost", reason: "closed 1006" },
  { type: "retry-due" },
  { type: "wake" },
  { type: "renew-due" },
  { type: "bye", withinMs: 30_000 },
  { type: "successor-opened" },
  { type: "successor-ready" },
  { type: "successor-lost" },
];

/** What the world looks like if every effect is carried out. */
class World {
  link = false;
  successor = false;
  retry: number | null = null;
  renew: number | null = null;

  perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "connect":
        expect(this.link, "one connection at a time").toBe(false);
        this.link = true;
        this.retry = null;
        break;
      case "disconnect":
        this.link = this.successor = false;
        this.retry = this.renew = null;
        break;
      case "wait":
        this.retry = effect.ms;
        break;
      case "renew":
        this.renew = effect.ms;
        break;
      case "open-successor":
        expect(this.successor, "one successor at a time").toBe(false);
        this.successor = true;
        this.renew = null;
        break;
      case "promote":
        expect(this.successor, "only a successor takes over").toBe(true);
        this.successor = false;
        break;
      case "drop-successor":
        this.successor = false;
        break;
      case "check":
        expect(this.link).toBe(true);
    }
  }

  /** Never is there nothing to wait for, and never is there more than the state says. */
  agrees(state: ConnectionState): void {
    expect(this.link).toBe(state.name === "open" || state.name === "connecting");
    expect(this.successor).toBe(state.name === "open" && state.successor !== "none");
    expect(this.retry !== null).toBe(state.name === "waiting");
    expect(this.retry ?? 0).toBeLessThanOrEqual(30_000);
    if (state.name === "open") expect(this.renew !== null || this.successor).toBe(true);
  }
}

describe("any sequence of events", () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed))("keeps the invariants (%i)", (seed) => {
    const random = seeded(seed);
    const world = new World();
    let state: ConnectionState = STOPPED;
    let now = 0;
    for (let i = 0; i < 500; i++) {
      const event = EVENTS[Math.floor(random() * EVENTS.length)] ?? { type: "start" };
      // A timer that was not set does not fire.
      if (event.type === "renew-due" && world.renew === null) continue;
      now += Math.floor(random() * 20_000);
      const next: ReturnType<typeof step> = step(state, event, { now, random: random() });
      for (const effect of next.effects) world.perform(effect);
      state = next.state;
      world.agrees(state);
      expect(event.type === "stop" && state.name !== "stopped").toBe(false);
    }
  });

  it("leads back to an open connection from everywhere when the server is well", () => {
    const random = seeded(7);
    let state: ConnectionState = STOPPED;
    for (let i = 0; i < 500; i++) {
      const event = EVENTS[Math.floor(random() * EVENTS.length)] ?? { type: "start" };
      state = step(state, event, { now: i, random: random() }).state;
      const well: ConnectionEvent[] = [
        { type: "start" },
        { type: "retry-due" },
        { type: "opened" },
      ];
      const healed = well.reduce((s, e) => step(s, e, { now: i, random: 0.5 }).state, state);
      expect(healed.name).toBe("open");
    }
  });
});

describe("the change to a successor", () => {
  const at = (now: number, random = 1) => ({ now, random });
  const open: ConnectionState = { name: "open", failures: 0, since: 0, successor: "none" };
  const connecting: ConnectionState = { ...open, successor: "connecting" };
  const ready: ConnectionState = { ...open, successor: "open" };

  it("is planned between 1 h 45 min and 1 h 55 min, before the cut at 2 h", () => {
    const state: ConnectionState = { name: "connecting", failures: 0 };
    for (const [random, minutes] of [
      [0, 105],
      [0.5, 110],
      [1, 115],
    ] as const) {
      const { effects } = step(state, { type: "opened" }, at(0, random));
      expect(effects).toEqual([{ type: "renew", ms: minutes * 60_000 }]);
    }
  });

  it("keeps the old connection until the new one has caught up", () => {
    expect(step(open, { type: "renew-due" }, at(1)).effects).toEqual([{ type: "open-successor" }]);
    expect(step(connecting, { type: "successor-ready" }, at(1)).effects).toEqual([]);
    expect(step(connecting, { type: "successor-opened" }, at(1)).effects).toEqual([]);
    expect(step(ready, { type: "successor-ready" }, at(1)).effects[0]).toEqual({ type: "promote" });
  });

  it("comes after a bye within its time, with some left for catching up", () => {
    const bye: ConnectionEvent = { type: "bye", withinMs: 10_000 };
    expect(step(open, bye, at(1, 0)).effects).toEqual([{ type: "renew", ms: 0 }]);
    expect(step(open, bye, at(1, 1)).effects).toEqual([{ type: "renew", ms: 8_000 }]);
    expect(step(connecting, bye, at(1)).effects).toEqual([]);
  });

  it("is tried again later when it fails, and the old connection stays", () => {
    const { state, effects } = step(ready, { type: "successor-lost" }, at(1));
    expect(state).toMatchObject({ name: "open", successor: "none", failures: 1 });
    expect(effects).toEqual([{ type: "drop-successor" }, { type: "renew", ms: 500 }]);
  });

  it("needs no wait when the old connection breaks on the way", () => {
    const lost: ConnectionEvent = { type: "lost", reason: "closed 1006" };
    expect(step(connecting, lost, at(1))).toEqual({
      state: { name: "connecting", failures: 1 },
      effects: [{ type: "promote" }],
    });
    const taken = step(ready, lost, at(1));
    expect(taken.state).toMatchObject({ name: "open", since: 1, successor: "none" });
    expect(taken.effects.map(({ type }) => type)).toEqual(["promote", "renew"]);
  });
});
