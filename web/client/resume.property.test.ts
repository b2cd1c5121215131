/** Cut, repeated and reordered frames against a model of the server: nothing is missed or doubled. */

import { describe, expect, it } from "vitest";
import type { Update } from "./channel.ts";
import { Client } from "./client.ts";
import { FakePorts, seeded, settle } from "./fakes.ts";
import { ModelServer } from "./model-server.ts";

const TASKS = [1, 2, 3];
/** The last two once had a snapshot of one connection take back what another had brought. */
const SEEDS = [...Array.from({ length: 40 }, (_, seed) => seed), 5_089, 5_100];

interface Scene {
  ports: FakePorts;
  server: ModelServer;
  client: Client;
  /** What each watcher was given, by task. */
  seen: Map<number, Update[][]>;
  watch(n: number): void;
  accept(): void;
  calm(): Promise<void>;
}

function scene(seed: number): Scene {
  const ports = new FakePorts();
  ports.random = () => 0;
  ports.server.on("POST /realtime/tickets", () => ({ body: { url: "wss://live.test/" } }));
  const server = new ModelServer(seeded(seed));
  const client = new Client({ httpUrl: "https://api.test", token: async () => "id" }, ports);
  const seen = new Map<number, Update[][]>();
  let accepted = 0;
  const accept = () => {
    for (const socket of ports.sockets.slice(accepted)) if (!socket.closed) server.accept(socket);
    accepted = ports.sockets.length;
  };
  const watch = (n: number) => {
    const updates: Update[] = [];
    seen.set(n, [...(seen.get(n) ?? []), updates]);
    client.watch(`task-${n}`, { onUpdate: (one) => updates.push(one) });
  };
  const calm = async () => {
    for (let i = 0; i < 20; i++) {
      await ports.clock.advance(2_000);
      accept();
      server.deliver();
    }
  };
  return { ports, server, client, seen, watch, accept, calm };
}

/** A hundred random things that happen, among them the end of every task. */
async function live(world: Scene, seed: number): Promise<void> {
  const random = seeded(seed + 1_000);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  for (const n of TASKS) world.server.change(n);
  for (const n of TASKS) world.watch(n);
  const happenings: [odds: number, run: () => unknown][] = [
    [35, () => world.server.change(pick(TASKS))],
    [35, () => world.server.deliver(1 + Math.floor(random() * 3))],
    [10, () => world.accept()],
    [6, () => world.server.cut()],
    [4, () => world.watch(pick(TASKS))],
    [3, () => world.ports.socketOrNull?.deliver({ type: "bye", reconnect_in_ms: 0 })],
    [7, () => world.ports.clock.advance(Math.floor(random() * 3_000))],
  ];
  const lots = happenings.flatMap(([odds, run]) => Array<typeof run>(odds).fill(run));
  for (let i = 0; i < 100; i++) {
    await pick(lots)();
    if (i % 10 === 0) await settle();
  }
  await world.calm();
  for (const n of TASKS) world.server.change(n, true);
  await world.calm();
}

const versions = (updates: readonly Update[]) => updates.map(({ version }) => version);

describe("what a watcher is given", () => {
  it.each(SEEDS)("is the whole history, once and in order (%i)", async (seed) => {
    const world = scene(seed);
    await live(world, seed);
    for (const n of TASKS) {
      const history = world.server.history.get(n) ?? [];
      for (const updates of world.seen.get(n) ?? []) {
        expect(updates).toEqual(history.map((frame) => ({ ...frame, gap: false })));
      }
    }
  });

  it.each(SEEDS)("says where the history no longer reaches (%i)", async (seed) => {
    const world = scene(seed);
    world.server.keeps = 2;
    await live(world, seed);
    for (const n of TASKS) {
      const history = world.server.history.get(n) ?? [];
      for (const updates of world.seen.get(n) ?? []) {
        expect(updates.at(-1)).toMatchObject({ version: history.length, status: "completed" });
        for (const [i, one] of updates.entries()) {
          const before = updates[i - 1]?.version ?? 0;
          expect(one.version, String(versions(updates))).toBeGreaterThan(before);
          expect(one.gap, String(versions(updates))).toBe(one.version !== before + 1);
          expect(one).toMatchObject({ ...history[one.version - 1] });
        }
      }
    }
  });
});
