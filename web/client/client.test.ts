import { beforeEach, describe, expect, it } from "vitest";
import { Client } from "./client.ts";
import { FakePorts, type FakeSocket, settle, summary, update } from "./fakes.ts";
import { watchOperators } from "./operators.ts";
import type { UpdateFrame } from "./protocol.ts";

let ports: FakePorts;
let client: Client;

beforeEach(() => {
  ports = new FakePorts();
  ports.server
    .on("POST /realtime/tickets", () => ({ body: { url: "wss://live.test/" } }))
    .on("POST /tasks", () => ({
      status: 202,
      body: { request_id: "task-1", status: "processing", message: "", version: 1 },
    }));
  client = new Client({ httpUrl: "https://api.test", token: async () => "id" }, ports);
});

async function connect(): Promise<FakeSocket> {
  client.connect();
  await settle();
  ports.socket.onopen?.();
  return ports.socket;
}

const said = (socket: FakeSocket) => socket.sent.map((text) => JSON.parse(text) as unknown);
const resumed = (n: number, version: number, recovered = true) => ({
  type: "resumed",
  recovered,
  tasks: { [`task-${n}`]: { version, recovered } },
});
const done = (n: number, version: number) =>
  update(n, version, { status: "completed", phase: null, result: 42 });

describe("submit and watch", () => {
  it("sends the terms, a key, and follows from the version that came back", async () => {
    const terms = { priority: "high", delay: 5, tags: ["nightly"] } as const;
    const task = { kind: "aggregate", input: {}, ...terms, tags: [...terms.tags] };
    const accepted = await client.submit(task);
    expect(ports.server.sent[0]).toMatchObject({
      body: task,
      headers: { "idempotency-key": "key-1" },
    });
    client.watch(accepted);
    const socket = await connect();
    expect(said(socket)).toEqual([{ action: "resume", tasks: { "task-1": 1 } }]);
  });

  it("loses nothing that comes between the submission and the resume", async () => {
    const socket = await connect();
    const accepted = await client.submit({ kind: "aggregate", input: {} });
    socket.deliver(update(1, 2));
    const watch = client.watch(accepted);
    socket.deliver(done(1, 4));
    for (const version of [2, 3]) socket.deliver(update(1, version));
    socket.deliver(done(1, 4));
    socket.deliver(resumed(1, 4));
    const seen: number[] = [];
    for await (const { version } of watch) seen.push(version);
    expect(seen).toEqual([2, 3, 4]);
    await expect(watch.finished()).resolves.toMatchObject({ result: 42 });
  });

  it("calls back, and says when earlier updates are lost", async () => {
    const heard: unknown[] = [];
    client.watch("task-1", {
      onUpdate: ({ version, gap }) => heard.push([version, gap]),
      onEnd: ({ result }) => heard.push(result),
    });
    const socket = await connect();
    socket.deliver({ type: "subscribed", request_id: "task-1", version: 7 });
    socket.deliver(update(1, 7));
    socket.deliver(resumed(1, 7, false));
    socket.deliver(done(1, 8));
    expect(heard).toEqual([[7, true], [8, false], 42]);
  });

  it("subscribes to a task of another, and waits for it before the resume", async () => {
    const watch = client.watch("task-1");
    const socket = await connect();
    const subscribe = { action: "subscribe", request_id: "task-1" };
    expect(said(socket)).toEqual([subscribe]);
    socket.deliver({ type: "subscribed", request_id: "task-1", version: 3 });
    expect(said(socket).slice(1)).toEqual([{ action: "resume", tasks: { "task-1": 0 } }]);
    watch.stop();
    expect(said(socket).at(-1)).toEqual({ action: "unsubscribe", request_id: "task-1" });
  });

  it("resumes all the same when a subscription is not confirmed", async () => {
    client.watch("task-1");
    const socket = await connect();
    await ports.clock.advance(2_000);
    expect(said(socket)[1]).toEqual({ action: "resume", tasks: { "task-1": 0 } });
  });

  it("asks again for a resume that is not answered", async () => {
    client.watch(await client.submit({ kind: "aggregate", input: {} }));
    const socket = await connect();
    await ports.clock.advance(15_000);
    const resume = { action: "resume", tasks: { "task-1": 1 } };
    expect(said(socket)).toEqual([resume, resume]);
  });

  it("ends with an error for a task that there is not", async () => {
    const codes: string[] = [];
    const watch = client.watch("task-9", { onError: ({ code }) => codes.push(code) });
    const socket = await connect();
    socket.deliver({ type: "error", code: "task_not_found", message: "" });
    await ports.clock.advance(2_000);
    socket.deliver(resumed(9, 0, false));
    expect(codes).toEqual(["task_not_found"]);
    await expect(watch.finished()).rejects.toMatchObject({ code: "task_not_found" });
  });

  it("resumes in pieces of a hundred", async () => {
    for (let n = 0; n < 250; n++) client.realtime.stream.note(`task-${n}`, 1);
    const socket = await connect();
    const sizes = said(socket).map((one) => Object.keys((one as { tasks: object }).tasks).length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it("leaves nothing behind when closed by whoever hears that it is open", async () => {
    client.watch(await client.submit({ kind: "aggregate", input: {} }));
    client.onConnection(({ name }) => name === "open" && client.close());
    const socket = await connect();
    expect(said(socket)).toEqual([]);
    expect(ports.clock.pending).toBe(0);
  });

  it("leaves nothing behind when closed", async () => {
    const watch = client.watch("task-1");
    const end = expect(watch.finished()).rejects.toMatchObject({ code: "closed" });
    await connect();
    client.close();
    await end;
    expect(ports.clock.pending).toBe(0);
    expect(client.connection.name).toBe("stopped");
  });
});

describe("the change of connections", () => {
  async function renewed(first: FakeSocket): Promise<FakeSocket> {
    await ports.clock.advance(0);
    expect(ports.sockets).toHaveLength(2);
    const second = ports.socket;
    second.onopen?.();
    expect(first.closed, "the old one stays until the new one has caught up").toBe(false);
    return second;
  }

  it("overlaps after a bye: nothing missed, nothing twice", async () => {
    const accepted = await client.submit({ kind: "aggregate", input: {} });
    const seen: number[] = [];
    client.watch(accepted, { onUpdate: ({ version }) => seen.push(version) });
    const byes: string[] = [];
    client.onBye(({ reason }) => byes.push(reason));
    const first = await connect();
    first.deliver(resumed(1, 1));
    ports.random = () => 0;
    first.deliver({ type: "bye", reason: "deploy", reconnect_in_ms: 30_000 });
    const second = await renewed(first);
    expect(said(second)).toEqual([{ action: "resume", tasks: { "task-1": 1 } }]);
    second.deliver(update(1, 3));
    first.deliver(update(1, 2));
    first.deliver(update(1, 3));
    second.deliver(update(1, 2));
    expect(client.connection).toMatchObject({ name: "open", successor: "open" });
    second.deliver(resumed(1, 3));
    expect(first.closed).toBe(true);
    second.deliver(done(1, 4));
    expect(seen).toEqual([2, 3, 4]);
    expect(byes).toEqual(["deploy"]);
  });

  it("comes within the time of a bye, with some left, however late chance has it", async () => {
    const first = await connect();
    first.deliver({ type: "bye", reason: "deploy", reconnect_in_ms: 30_000 });
    await ports.clock.advance(24_000 - 1);
    expect(ports.sockets).toHaveLength(1);
    await ports.clock.advance(1);
    ports.socket.onopen?.();
    expect(ports.sockets.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("leaves the old connection alone when the next cannot be opened, and tries again", async () => {
    const first = await connect();
    ports.random = () => 0;
    first.deliver({ type: "bye", reason: "deploy", reconnect_in_ms: 30_000 });
    await ports.clock.advance(0);
    ports.socket.onclose?.({ code: 1006, reason: "" });
    expect(client.connection).toMatchObject({ name: "open", successor: "none", failures: 1 });
    await ports.clock.advance(125);
    ports.socket.onopen?.();
    expect(ports.sockets.map(({ closed }) => closed)).toEqual([true, true, false]);
  });

  it("comes before the cut at two hours, whatever else happens", async () => {
    const first = await connect();
    const pong = (socket: FakeSocket) => () => socket.deliver({ type: "pong" });
    first.send = pong(first);
    await ports.clock.advance(115 * 60_000 - 1);
    expect(ports.sockets).toHaveLength(1);
    await ports.clock.advance(1);
    expect(ports.sockets).toHaveLength(2);
    expect(first.closed).toBe(false);
    // With nothing to resume it takes over as soon as it is open.
    ports.socket.onopen?.();
    expect(ports.socket.closed).toBe(false);
    expect(client.connection).toMatchObject({ name: "open", successor: "none" });
    expect(first.closed).toBe(true);
  });

  it("leaves a connection that the server has forgotten", async () => {
    const socket = await connect();
    socket.deliver({ type: "error", code: "unknown_connection", message: "" });
    expect(socket.closed).toBe(true);
    expect(client.connection).toMatchObject({ name: "waiting", reason: "unknown_connection" });
  });
});

describe("topics and messages", () => {
  it("brings a tag's updates, and subscribes again on every connection", async () => {
    const seen: number[] = [];
    const leave = client.subscribe({ tag: "nightly" }, ({ version }) => seen.push(version));
    const first = await connect();
    const subscribe = { action: "subscribe", tag: "nightly" };
    first.deliver({ type: "subscribed", tag: "nightly" });
    first.deliver(update(1, 2, { tags: ["nightly"] }));
    first.deliver(update(2, 2));
    first.onclose?.({ code: 1006, reason: "" });
    await ports.clock.advance(1_000);
    ports.socket.onopen?.();
    expect(said(ports.socket)).toEqual([subscribe]);
    ports.socket.deliver({ type: "subscribed", tag: "nightly" });
    // What was heard of as running is resumed, though nobody watches it.
    const tasks = { "task-1": 2, "task-2": 2 };
    expect(said(ports.socket)[1]).toEqual({ action: "resume", tasks });
    leave();
    expect(said(ports.socket).at(-1)).toEqual({ action: "unsubscribe", tag: "nightly" });
    expect(seen).toEqual([2]);
  });

  it("keeps the operators' copies apart from one's own updates", async () => {
    const copies: UpdateFrame[] = [];
    const own: UpdateFrame[] = [];
    watchOperators(client, (frame) => copies.push(frame));
    client.realtime.stream.onUpdate((one) => own.push(one));
    const socket = await connect();
    const copy = { ...update(1, 4, { status: "failed" }), stream: "operators", tenant: "acme" };
    for (let i = 0; i < 2; i++) socket.deliver(copy);
    expect(copies).toHaveLength(1);
    expect(copies[0]).toMatchObject({ tenant: "acme" });
    expect(own).toEqual([]);
  });

  it("brings a broadcast once", async () => {
    const messages: unknown[] = [];
    client.onBroadcast(({ message }) => messages.push(message));
    const socket = await connect();
    for (const id of ["a", "a", "b"]) socket.deliver({ type: "broadcast", id, message: id });
    expect(messages).toEqual(["a", "b"]);
  });

  it("brings a broadcast once though two connections bring it", async () => {
    const messages: unknown[] = [];
    client.onBroadcast(({ message }) => messages.push(message));
    client.watch(await client.submit({ kind: "aggregate", input: {} }));
    const first = await connect();
    first.deliver(resumed(1, 1));
    ports.random = () => 0;
    first.deliver({ type: "bye", reason: "deploy", reconnect_in_ms: 1_000 });
    await ports.clock.advance(0);
    ports.socket.onopen?.();
    for (const socket of ports.sockets) socket.deliver({ type: "broadcast", id: "a", message: 1 });
    expect(ports.sockets.map(({ closed }) => closed)).toEqual([false, false]);
    expect(messages).toEqual([1]);
  });
});

describe("the HTTP commands", () => {
  it("lists page by page, as far as they are asked for", async () => {
    ports.server.on("GET /tasks", ({ path }) =>
      path.includes("cursor=x")
        ? { body: { tasks: [summary(1)], next_cursor: null } }
        : { body: { tasks: [summary(3), summary(2)], next_cursor: "x" } },
    );
    const ids: string[] = [];
    for await (const { request_id } of client.all({ status: "failed" })) ids.push(request_id);
    expect(ids).toEqual(["task-3", "task-2", "task-1"]);
    expect(ports.server.sent.map(({ path }) => path)).toEqual([
      "/tasks?status=failed",
      "/tasks?status=failed&cursor=x",
    ]);
  });

  it("cancels and runs again", async () => {
    ports.server
      .on("DELETE /tasks/task-1", () => ({ body: {} }))
      .on("POST /tasks/task-1/retry", () => ({
        status: 202,
        body: { request_id: "task-1", status: "processing", message: "", version: 5 },
      }));
    const socket = await connect();
    const told: number[] = [];
    client.realtime.stream.onUpdate(({ version }) => told.push(version));
    await client.cancel("task-1");
    await expect(client.retry("task-1")).resolves.toMatchObject({ version: 5 });
    expect(ports.server.sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /realtime/tickets",
      "DELETE /tasks/task-1",
      "POST /tasks/task-1/retry",
    ]);
    socket.deliver(update(1, 5, { phase: "queued" }));
    expect(told, "the new version is told, whichever comes first").toEqual([5]);
  });
});
