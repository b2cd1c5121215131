import { beforeEach, describe, expect, it } from "vitest";
import { detail, FakePorts, settle, summary, update } from "./fakes.ts";
import { PageClient } from "./page.ts";
import type { TaskDetail, TaskSummary } from "./protocol.ts";

let ports: FakePorts;
let client: PageClient;
/** What the server has, newest first. */
let stored: TaskSummary[];

beforeEach(async () => {
  ports = new FakePorts();
  stored = [summary(2), summary(1)];
  ports.server
    .on("InitiateAuth", () => ({
      body: { AuthenticationResult: { IdToken: "id", RefreshToken: "r", ExpiresIn: 3600 } },
    }))
    .on("POST /realtime/tickets", () => ({ body: { url: "wss://live.test/?ticket=t" } }))
    .on("GET /tasks", ({ path }) => {
      const query = new URLSearchParams(path.split("?")[1]);
      const from = Number(query.get("cursor") ?? 0);
      const to = from + Number(query.get("limit"));
      const next_cursor = to < stored.length ? String(to) : null;
      return { body: { tasks: stored.slice(from, to), next_cursor } };
    });
  client = new PageClient(
    { httpUrl: "https://api.test", cognitoEndpoint: "https://c.test", userPoolClientId: "x" },
    ports,
  );
  await client.session.signIn("ada", "secret");
});

async function connect() {
  await settle();
  ports.socket.onopen?.();
  await settle();
}

async function start() {
  client.feed.start();
  await connect();
}

const versions = () =>
  Object.fromEntries(client.feed.list.tasks.map((task) => [task.request_id, task.version]));

describe("the feed", () => {
  it("connects first and lists afterwards", async () => {
    client.feed.start();
    await settle();
    expect(ports.server.count("GET /tasks")).toBe(0);
    await connect();
    expect(ports.server.count("GET /tasks")).toBe(1);
    expect(versions()).toEqual({ "task-2": 1, "task-1": 1 });
  });

  it("lists over a connection that was there before", async () => {
    client.connect();
    await connect();
    client.feed.start();
    await settle();
    expect(versions()).toEqual({ "task-2": 1, "task-1": 1 });
  });

  it("does not list again when one connection takes over from another", async () => {
    await start();
    ports.random = () => 0;
    ports.socket.deliver({ type: "bye", reason: "deploy", reconnect_in_ms: 1_000 });
    await ports.clock.advance(0);
    const successor = ports.socket;
    successor.onopen?.();
    const tasks = { "task-1": 1, "task-2": 1 };
    expect(JSON.parse(successor.sent[0] ?? "")).toEqual({ action: "resume", tasks });
    const done = { version: 1, recovered: true };
    successor.deliver({ type: "resumed", tasks: { "task-1": done, "task-2": done } });
    await settle();
    expect(ports.sockets.map(({ closed }) => closed)).toEqual([true, false]);
    expect(ports.server.count("GET /tasks")).toBe(1);
  });

  it("follows updates without asking again", async () => {
    await start();
    ports.socket.deliver(update(1, 2));
    ports.socket.deliver(update(1, 3, { status: "completed", phase: null }));
    await ports.clock.advance(16);
    expect(versions()).toEqual({ "task-2": 1, "task-1": 3 });
    expect(ports.server.count("GET /tasks")).toBe(1);
  });

  it("shows many updates of one moment as one change", async () => {
    await start();
    let changes = 0;
    client.feed.onList(() => changes++);
    for (let version = 2; version < 200; version++) ports.socket.deliver(update(1, version));
    await ports.clock.advance(16);
    expect(changes).toBe(1);
    expect(versions()["task-1"]).toBe(199);
  });

  it("misses nothing that happened while it was away", async () => {
    await start();
    ports.socket.onclose?.({ code: 1006, reason: "" });
    stored = [summary(3), summary(2, { version: 4 }), summary(1, { version: 2 })];
    await ports.clock.advance(500);
    await connect();
    expect(versions()).toEqual({ "task-3": 1, "task-2": 4, "task-1": 2 });
  });

  it("takes an update that comes while the list is under way", async () => {
    client.feed.start();
    await settle();
    ports.socket.onopen?.();
    ports.socket.deliver(update(1, 7));
    await ports.clock.advance(16);
    expect(versions()).toEqual({ "task-2": 1, "task-1": 7 });
  });

  it("reads as deep as it shows after a reconnect", async () => {
    stored = Array.from({ length: 300 }, (_, i) => summary(300 - i));
    await start();
    for (let i = 0; i < 2; i++) await client.feed.loadMore();
    expect(client.feed.list.tasks).toHaveLength(150);
    stored = stored.map((task) => ({ ...task, version: 2 }));
    ports.socket.onclose?.({ code: 1006, reason: "" });
    await ports.clock.advance(500);
    await connect();
    expect(client.feed.list.tasks.length).toBeGreaterThanOrEqual(150);
    expect(client.feed.list.tasks.every((task) => task.version === 2)).toBe(true);
    await client.feed.loadMore();
    await client.feed.loadMore();
    expect(client.feed.list).toMatchObject({ nextCursor: null });
    expect(client.feed.list.tasks).toHaveLength(300);
  });

  it("begins afresh with the newest when there are too many, and not at every update", async () => {
    stored = Array.from({ length: 50 }, (_, i) => summary(50 - i));
    await start();
    stored = Array.from({ length: 1_100 }, (_, i) => summary(1_100 - i));
    const works = ports.server.handlers.get("GET /tasks");
    ports.server.on("GET /tasks", () => ({ status: 503 }));
    const come = async (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        ports.socket.deliver(update(n, 2, { at: summary(n).created_at }));
        if (n % 20 === 0) await ports.clock.advance(16);
      }
      await settle();
    };
    await come(51, 1_100);
    expect(client.feed.list.tasks).toHaveLength(1_100);
    expect(ports.server.count("GET /tasks"), "one that failed is not tried at once").toBe(2);

    if (works) ports.server.on("GET /tasks", works);
    stored = Array.from({ length: 2_100 }, (_, i) => summary(2_100 - i));
    await come(1_101, 2_100);
    expect(ports.server.count("GET /tasks")).toBe(3);
    expect(client.feed.list.tasks.length).toBeLessThan(200);
    expect(client.feed.list.tasks[0]?.request_id).toBe("task-2100");
    expect(client.feed.list.nextCursor).toBe("50");
  });

  it("lists even when no connection can be made", async () => {
    ports.server.on("POST /realtime/tickets", () => ({ status: 503 }));
    client.feed.start();
    await settle();
    expect(client.realtime.state.name).toBe("waiting");
    expect(client.feed.list.tasks).toHaveLength(2);
  });

  it("tells of a list that fails, and tries again", async () => {
    const codes: string[] = [];
    client.feed.onError((error) => codes.push(error.code));
    const works = ports.server.handlers.get("GET /tasks");
    ports.server.on("GET /tasks", () => ({ status: 500, body: { code: "internal" } }));
    await start();
    expect(codes).toEqual(["internal"]);
    if (works) ports.server.on("GET /tasks", works);
    await ports.clock.advance(500);
    expect(client.feed.list.tasks).toHaveLength(2);
  });

  it("passes the server's error frames on", async () => {
    await start();
    const errors: string[] = [];
    client.feed.onError((error) => errors.push(`${error.code}: ${error.message}`));
    ports.socket.deliver({ type: "error", code: "rate_limited", message: "Slow down." });
    expect(errors).toEqual(["rate_limited: Slow down."]);
  });

  it("shows a submitted task at once", async () => {
    ports.server.on("POST /tasks", () => ({
      status: 202,
      body: { request_id: "task-3", status: "processing", message: "Queued.", version: 1 },
    }));
    await start();
    await client.feed.submit({ kind: "aggregate", input: { group_by: ["service"] } });
    expect(client.feed.list.tasks[0]).toMatchObject({ request_id: "task-3", phase: "queued" });
  });

  it("shows a task once that was submitted again under its key", async () => {
    ports.server.on("POST /tasks", () => ({
      body: { request_id: "task-3", status: "processing", message: "Queued.", version: 1 },
    }));
    await start();
    const task = { kind: "aggregate", input: { group_by: ["service"] } };
    for (let sent = 0; sent < 2; sent++) await client.feed.submit(task, "a-key");
    const keys = ports.server.sent.map((one) => one.headers["idempotency-key"]).filter(Boolean);
    expect(keys).toEqual(["a-key", "a-key"]);
    const shown = client.feed.list.tasks.filter((one) => one.request_id === "task-3");
    expect(shown).toHaveLength(1);
  });

  it("leaves nothing behind when stopped", async () => {
    await start();
    ports.socket.deliver(update(1, 2));
    client.feed.stop();
    expect(ports.clock.pending).toBe(0);
    expect(client.feed.list.tasks).toEqual([]);
  });
});

describe("a watched task", () => {
  let seen: TaskDetail[];
  let unwatch: () => void;
  const reads = () => ports.server.count("GET /tasks/task-1");

  beforeEach(async () => {
    seen = [];
    ports.server.on("GET /tasks/task-1", () => ({ body: detail(1) }));
    await start();
    unwatch = client.open("task-1", { onDetail: (d) => seen.push(d), onError: () => {} });
  });

  it("is read once and then follows its updates", async () => {
    ports.socket.deliver(update(1, 2));
    await settle();
    ports.socket.deliver(update(1, 3, { progress: { percent: 40, message: null } }));
    expect(seen.at(-1)).toMatchObject({ version: 3, progress: { percent: 40 } });
    expect(seen.at(-1)?.updates.map((one) => one.version)).toEqual([2, 3]);
    expect(reads()).toBe(1);
  });

  it("is shown at its end at once, and read again for what updates do not tell", async () => {
    await settle();
    const done = { status: "completed", phase: null, result: 42 } as const;
    const whole = detail(1, { ...done, version: 5, cost_usd: 0.01 });
    ports.server.on("GET /tasks/task-1", () => ({ body: whole }));
    ports.socket.deliver(update(1, 2));
    ports.socket.deliver(update(1, 5, done));
    expect(seen.at(-1)).toMatchObject({ version: 5, result: 42 });
    await settle();
    expect(seen.at(-1)).toMatchObject({ version: 5, cost_usd: 0.01 });
    expect(reads()).toBe(2);
  });

  it("is read again after a reconnect, but never goes back", async () => {
    await settle();
    ports.socket.deliver(update(1, 2));
    ports.socket.onclose?.({ code: 1006, reason: "" });
    await ports.clock.advance(500);
    await connect();
    expect(reads()).toBe(2);
    expect(seen.at(-1)?.version).toBe(2);
  });

  it("is left alone afterwards", async () => {
    await settle();
    const before = seen.length;
    unwatch();
    ports.socket.deliver(update(1, 2));
    expect(seen).toHaveLength(before);
  });
});
