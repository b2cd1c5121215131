import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../../client/fakes";
import { createListeners } from "../../client/listeners";
import { parseSystem, type System } from "../api/operations";
import { createConnections } from "./connections-state";
import { canBeNamed, createDeadLetters, type DeadLettersState } from "./dead-letters-state";
import { createSystem, LOOK_AFTER_MS } from "./system-state";

const standing = (at: string, dead: number, open = 3) => ({
  at,
  queues: [
    { name: "work", visible: 4, in_flight: 2, delayed: 1, dead },
    { name: "urgent", visible: 0, in_flight: 0, delayed: 0, dead: 0 },
  ],
  connections: { open, counted_all: true },
  pool: [],
  overflow: "lambda",
});

let clock: FakeClock;
let asked: string[];
let answers: object[];
const frames = createListeners<{ type: string; [field: string]: unknown }>();
const states = createListeners<{ name: string }>();
const http = {
  get: async <T>(path: string, query: object = {}) => {
    asked.push(`${path} ${JSON.stringify(query)}`);
    return (answers.shift() ?? {}) as T;
  },
  post: async <T>(path: string, body: object = {}) => {
    asked.push(`${path} ${JSON.stringify(body)}`);
    return (answers.shift() ?? {}) as T;
  },
};
const client = {
  http,
  connect: () => {},
  realtime: {
    stream: { subscribe: () => () => {} },
    on: (type: string, callback: (frame: never) => void) =>
      frames.add((frame) => frame.type === type && callback(frame as never)),
    onState: (callback: (state: never) => void) => states.add((state) => callback(state as never)),
  },
};
const ports = () => ({ client: client as never, clock });

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  answers = [];
});

describe("how the service stands", () => {
  it("is read once, then told, and what comes late changes nothing", async () => {
    answers = [standing("2026-03-01T12:00:00Z", 1)];
    const system = createSystem(ports());
    await settle();
    expect(system.value.value?.queues[0]).toEqual({
      name: "work",
      visible: 4,
      inFlight: 2,
      delayed: 1,
      dead: 1,
    });
    const told = (at: string, dead: number) =>
      frames.emit({ type: "unknown", frame: { type: "system", ...standing(at, dead) } });
    told("2026-03-01T12:01:00Z", 5);
    expect(system.value.value?.queues[0]?.dead).toBe(5);
    told("2026-03-01T12:00:30Z", 2);
    expect(system.value.value?.queues[0]?.dead).toBe(5);
    expect(asked).toHaveLength(1);
    system.close();
    told("2026-03-01T12:02:00Z", 9);
    expect(system.value.value?.queues[0]?.dead).toBe(5);
  });

  it("is not what an answer says that is older than what was told meanwhile", async () => {
    answers = [standing("2026-03-01T12:00:00Z", 3)];
    const system = createSystem(ports());
    const frame = { type: "system", ...standing("2026-03-01T12:00:01Z", 0) };
    frames.emit({ type: "unknown", frame });
    await settle();
    expect(asked).toHaveLength(1);
    expect(system.value.value?.queues[0]?.dead).toBe(0);
    system.close();
  });

  it("is read again once for tasks that fail together, and after an absence", async () => {
    const system = createSystem(ports());
    await settle();
    for (const request_id of ["1", "2", "3"]) {
      frames.emit({ type: "update", stream: "operators", request_id, version: 3 });
    }
    await clock.advance(LOOK_AFTER_MS);
    expect(asked).toHaveLength(2);
    states.emit({ name: "waiting" });
    states.emit({ name: "open" });
    await settle();
    expect(asked).toHaveLength(3);
    system.close();
  });
});

describe("dead letters", () => {
  const letter = (requestId: string | null) => ({
    message_id: `m-${requestId}`,
    since: "2026-03-01T12:00:00Z",
    reason: "broken: it broke",
    tenant: "acme",
    request_id: requestId,
    status: "failed",
    error: { code: "broken", message: "it broke" },
  });
  const found = (...ids: (string | null)[]) => ({
    queue: "work",
    looked_at: ids.length,
    groups: [{ reason: "broken", kind: "export", count: ids.length, letters: ids.map(letter) }],
  });
  const system = signal<System | null>(null);
  let letters: DeadLettersState;
  let changes = 0;

  beforeEach(async () => {
    system.value = parseSystem(standing("2026-03-01T12:00:00Z", 2));
    changes = 0;
    answers = [found("t1", "t2")];
    const changed = () => {
      changes++;
    };
    letters = createDeadLetters({ client, system, changed });
    await settle();
    return () => letters.close();
  });

  it("are looked at again when their number changes, and only then", async () => {
    expect(asked).toEqual(['/operators/dead-letters {"queue":"work","limit":100}']);
    system.value = parseSystem(standing("2026-03-01T12:01:00Z", 2));
    await settle();
    expect(asked).toHaveLength(1);
    system.value = parseSystem(standing("2026-03-01T12:02:00Z", 3));
    await settle();
    expect(asked).toHaveLength(2);
    letters.choose("updates");
    await settle();
    expect(asked.at(-1)).toContain('"queue":"updates"');
  });

  it("go on their way again once that is confirmed", async () => {
    const [group] = letters.value.value?.groups ?? [];
    if (!group) throw new Error("no group");
    expect(canBeNamed(group)).toBe(true);
    await letters.send();
    expect(asked).toHaveLength(1);
    letters.wish.value = { group, count: 2 };
    answers = [{ redriven: 2, left: 0, problem: null, more: false }, found()];
    await letters.send();
    expect(asked[1]).toBe(
      '/operators/dead-letters/redrive {"queue":"work","request_ids":["t1","t2"]}',
    );
    expect(letters.outcome.value).toEqual({ redriven: 2, left: 0, problem: null, more: false });
    expect([letters.wish.value, changes]).toEqual([null, 1]);
    letters.wish.value = { group: null, count: 9 };
    await letters.send();
    expect(asked).toContain('/operators/dead-letters/redrive {"queue":"work"}');
  });

  it("that name no task go only with all others", () => {
    const [group] = letters.value.value?.groups ?? [];
    if (!group?.letters[0]) throw new Error("no letter");
    const nameless = { ...group.letters[0], requestId: null };
    expect(canBeNamed({ ...group, letters: [nameless] })).toBe(false);
  });
});

describe("connections", () => {
  it("are read again when their number changes", async () => {
    const system = signal<System | null>(null);
    answers = [{ open: 1, stale: 1, stale_share: 0.5, shards: [{ shard: 0, open: 1, stale: 1 }] }];
    const connections = createConnections({ client, system });
    await settle();
    expect(connections.value.value).toMatchObject({ open: 1, staleShare: 0.5, tenants: [] });
    system.value = parseSystem(standing("2026-03-01T12:00:00Z", 0, 1));
    system.value = parseSystem(standing("2026-03-01T12:00:00Z", 0, 2));
    await settle();
    expect(asked).toHaveLength(3);
    connections.close();
  });
});
