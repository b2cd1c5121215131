/** Stand-ins for the ports, for tests: time moves and answers come only when a test says so. */

import type { Clock, Fetch, PagePorts, SessionStore, Socket } from "./ports.ts";
import type { TaskDetail, TaskSummary, UpdateFrame } from "./protocol.ts";

export class FakeClock implements Clock {
  time = Date.parse("2026-01-02T03:04:05Z");
  #next = 1;
  readonly #timers = new Map<number, { at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): number {
    this.#timers.set(this.#next, { at: this.time + ms, run });
    return this.#next++;
  }

  cancel(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** Runs what falls due on the way, in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers]
        .filter(([, timer]) => timer.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.time = due[1].at;
      due[1].run();
    }
    this.time = end;
    await settle();
  }

  get pending(): number {
    return this.#timers.size;
  }
}

/** Lets everything that waits for promises only come to rest. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  readonly sent: string[] = [];
  closed = false;

  constructor(
    readonly url: string,
    readonly subprotocols: string[],
  ) {}

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  deliver(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

export interface Sent {
  method: string;
  /** Without the scheme and host. */
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

type Handler = (sent: Sent) => { status?: number; body?: unknown } | Promise<never>;

/** Answers by `"METHOD /path"` without the query, or by the operation for Cognito. */
export class FakeServer {
  readonly sent: Sent[] = [];
  readonly handlers = new Map<string, Handler>();

  on(route: string, handler: Handler): this {
    this.handlers.set(route, handler);
    return this;
  }

  readonly fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    const headers = Object.fromEntries(new Headers(init.headers));
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const sent: Sent = { method: init.method ?? "GET", path: pathname + search, headers, body };
    this.sent.push(sent);
    const operation = headers["x-amz-target"]?.split(".")[1];
    const handler = this.handlers.get(operation ?? `${sent.method} ${pathname}`);
    if (!handler) throw new TypeError(`no handler for ${sent.method} ${pathname}`);
    const answer = await handler(sent);
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    return new Response(text, { status: answer.status ?? 200 });
  };

  /** How often a route was asked. */
  count(route: string): number {
    return this.sent.filter((s) => `${s.method} ${s.path.split("?")[0]}` === route).length;
  }
}

export class FakePorts implements PagePorts {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  readonly sockets: FakeSocket[] = [];
  kept: string | null = null;
  random = () => 1;
  fetch = this.server.fetch;

  #keys = 0;
  key = () => `key-${++this.#keys}`;
  /** Makes the machine wake. */
  wake: () => void = () => undefined;

  onWake = (callback: () => void) => {
    this.wake = callback;
    return () => {
      this.wake = () => undefined;
    };
  };

  openSocket = (url: string, subprotocols: string[]): FakeSocket => {
    const socket = new FakeSocket(url, subprotocols);
    this.sockets.push(socket);
    return socket;
  };

  store: SessionStore = {
    read: () => this.kept,
    write: (text) => {
      this.kept = text;
    },
  };

  get socketOrNull(): FakeSocket | null {
    return this.sockets.at(-1) ?? null;
  }

  get socket(): FakeSocket {
    const socket = this.socketOrNull;
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}

/** `n` orders tasks: a higher one is newer. */
export function summary(n: number, over: Partial<TaskSummary> = {}): TaskSummary {
  const at = new Date(Date.parse("2026-01-02T00:00:00Z") + n * 1000).toISOString();
  return {
    request_id: `task-${n}`,
    kind: "aggregate",
    status: "processing",
    phase: "queued",
    version: 1,
    progress: null,
    attempt: 1,
    error: null,
    tags: [],
    created_at: at,
    updated_at: at,
    started_at: null,
    finished_at: null,
    ...over,
  };
}

export function detail(n: number, over: Partial<TaskDetail> = {}): TaskDetail {
  return { ...summary(n), input: {}, updates: [], ...over };
}

export function update(n: number, version: number, over: Partial<UpdateFrame> = {}): UpdateFrame {
  return {
    type: "update",
    request_id: `task-${n}`,
    kind: "aggregate",
    status: "processing",
    version,
    phase: "running",
    progress: null,
    attempt: null,
    error: null,
    at: "2026-01-02T01:00:00Z",
    ...over,
  };
}

/** Random numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed + 1;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
