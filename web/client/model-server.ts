/**
 * A server in memory for tests: tasks with a history, and connections over which frames are cut
 * off, repeated and put out of order at random. It keeps what the real one promises: a task's
 * updates reach a resumed connection in order before its `resumed`.
 */

import type { FakeSocket } from "./fakes.ts";
import { update } from "./fakes.ts";
import type { UpdateFrame } from "./protocol.ts";

interface Line {
  socket: FakeSocket;
  /** Frames on their way; each waits for the one before it, unless it may overtake. */
  queue: unknown[];
  heard: number;
}

export class ModelServer {
  readonly #random: () => number;
  readonly history = new Map<number, UpdateFrame[]>();
  readonly #lines: Line[] = [];
  /** Updates older than that many are forgotten. */
  keeps = Number.POSITIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  accept(socket: FakeSocket): void {
    this.#lines.push({ socket, queue: [], heard: 0 });
    socket.onopen?.();
  }

  /** One more change of the task. The last one ends it. */
  change(n: number, last = false): void {
    const known = this.history.get(n) ?? [];
    const version = known.length + 1;
    const end = { status: "completed", phase: null, result: version } as const;
    const frame = update(n, version, last ? end : {});
    this.history.set(n, [...known, frame]);
    for (const line of this.#lines) {
      line.queue.push(frame);
      if (this.#random() < 0.2) line.queue.push(frame);
    }
  }

  /** Cuts every connection, or some; what was on its way is lost. */
  cut(): void {
    for (const line of this.#lines.splice(0)) {
      line.socket.onclose?.({ code: 1006, reason: "" });
    }
  }

  /** Delivers some of what is on its way, and answers what has been said. */
  deliver(most = Number.POSITIVE_INFINITY): void {
    for (const line of [...this.#lines]) {
      if (line.socket.closed) this.#lines.splice(this.#lines.indexOf(line), 1);
      for (const text of line.socket.sent.slice(line.heard)) this.#answer(line, JSON.parse(text));
      line.heard = line.socket.sent.length;
      for (let i = 0; i < most && line.queue.length > 0; i++) {
        line.socket.deliver(line.queue.shift());
      }
    }
  }

  get idle(): boolean {
    return this.#lines.every(
      ({ queue, socket, heard }) => queue.length === 0 && socket.sent.length === heard,
    );
  }

  #answer(line: Line, said: Record<string, unknown>): void {
    if (said.action === "ping") line.queue.push({ type: "pong" });
    if (said.action === "subscribe") {
      const id = said.request_id as string | undefined;
      const version = id ? this.#of(id).length : undefined;
      line.queue.push({ ...said, type: "subscribed", version });
    }
    if (said.action !== "resume") return;
    const tasks: Record<string, unknown> = {};
    for (const [id, seen] of Object.entries(said.tasks as Record<string, number>)) {
      const all = this.#of(id);
      const kept = all.slice(-this.keeps);
      const recovered = (kept[0]?.version ?? 1) <= seen + 1;
      const missed = recovered ? all.slice(seen) : all.slice(-1);
      tasks[id] = { version: all.length, recovered: recovered && all.length > 0 };
      this.#interleave(line, missed);
    }
    line.queue.push({ type: "resumed", tasks });
  }

  /** Replayed and live frames mix: each kind keeps its order, the two have none. */
  #interleave(line: Line, replayed: readonly UpdateFrame[]): void {
    let place = Math.floor(this.#random() * (line.queue.length + 1));
    const types = line.queue.map((one) => (one as { type: string }).type);
    const resumed = types.lastIndexOf("resumed");
    place = Math.max(place, resumed + 1);
    for (const frame of replayed) {
      line.queue.splice(place++, 0, frame);
      while (place < line.queue.length && this.#random() < 0.5) place++;
    }
  }

  #of(id: string): UpdateFrame[] {
    return this.history.get(Number(id.replace("task-", ""))) ?? [];
  }
}
