import { beforeEach, describe, expect, it } from "vitest";
import { Client } from "./client.ts";
import { FakePorts, settle } from "./fakes.ts";

let ports: FakePorts;
let client: Client;
let online: boolean;
/** What the server has taken on, by key. */
let taken: Map<string, string>;
let answers: string[];

beforeEach(() => {
  ports = new FakePorts();
  online = false;
  taken = new Map();
  answers = [];
  const reachable = () => (online ? null : Promise.reject<never>(new TypeError("down")));
  ports.server
    .on("POST /realtime/tickets", () => reachable() ?? { body: { url: "wss://live.test/" } })
    .on("DELETE /tasks/task-1", () => reachable() ?? { body: {} })
    .on("POST /tasks", ({ headers }) => reachable() ?? { status: 202, body: accept(headers) })
    .on("POST /tasks/batch", ({ body }) => reachable() ?? { body: acceptAll(body) });
  const settings = { httpUrl: "https://api.test", token: async () => "id", queueLimit: 3 };
  client = new Client(settings, ports);
});

function accept({ "idempotency-key": key = "" }: Record<string, string>) {
  const request_id = taken.get(key) ?? `task-${taken.size + 1}`;
  taken.set(key, request_id);
  return { request_id, status: "processing", message: "", version: 1 };
}

function acceptAll(body: unknown) {
  const { tasks } = body as { tasks: { idempotency_key: string }[] };
  const one = ({ idempotency_key }: (typeof tasks)[0]) =>
    accept({ "idempotency-key": idempotency_key });
  return { tasks: tasks.map((task, index) => ({ index, replayed: false, ...one(task) })) };
}

const TASK = { kind: "aggregate", input: {} };

function submit(): Promise<void> {
  return client.submit(TASK).then(
    ({ request_id }) => void answers.push(request_id),
    ({ code }) => void answers.push(code),
  );
}

describe("commands while the server cannot be reached", () => {
  it("wait, and are sent in order when it can", async () => {
    const sent = [submit(), submit(), client.cancel("task-1").then(() => answers.push("gone"))];
    await settle();
    expect(client.outbox.size).toBe(3);
    online = true;
    await ports.clock.advance(30_000);
    await Promise.all(sent);
    expect(answers).toEqual(["task-1", "task-2", "gone"]);
    expect(client.outbox.size).toBe(0);
    expect(ports.clock.pending).toBe(0);
  });

  it("go out as soon as there is a connection", async () => {
    const sent = submit();
    client.connect();
    await settle();
    online = true;
    ports.wake();
    await settle();
    ports.socket.onopen?.();
    await sent;
    expect(answers).toEqual(["task-1"]);
  });

  it("make one task though the answer to the first was lost", async () => {
    online = true;
    let lose = true;
    const works = ports.server.handlers.get("POST /tasks");
    ports.server.on("POST /tasks", (sent) => {
      const answer = works?.(sent) ?? {};
      if (!lose) return answer;
      lose = false;
      return Promise.reject(new TypeError("cut"));
    });
    const sent = submit();
    await ports.clock.advance(1_000);
    await sent;
    expect(taken.size).toBe(1);
    expect(ports.server.count("POST /tasks")).toBe(2);
  });

  it("keep a batch's keys as well", async () => {
    const sent = client.submitBatch([TASK, { ...TASK, idempotency_key: "mine" }]);
    await settle();
    online = true;
    await ports.clock.advance(1_000);
    expect(await sent).toMatchObject([{ request_id: "task-1" }, { request_id: "task-2" }]);
    expect([...taken.keys()]).toEqual(["key-1", "mine"]);
  });

  it("are refused beyond the limit", async () => {
    const sent = Array.from({ length: 4 }, submit);
    await settle();
    expect(answers).toEqual(["queue_full"]);
    client.close();
    await Promise.all(sent);
    expect(answers).toEqual(["queue_full", "closed", "closed", "closed"]);
    expect(ports.clock.pending).toBe(0);
  });

  it("do not wait for a server that refuses", async () => {
    ports.server.on("POST /tasks", () => ({ status: 422, body: { code: "invalid_input" } }));
    await submit();
    expect(answers).toEqual(["invalid_input"]);
  });

  it("do not wait if the caller does not want to", async () => {
    const sent = client.submit(TASK, { wait: false });
    await expect(sent).rejects.toMatchObject({ code: "network", title: "network" });
    expect(client.outbox.size).toBe(0);
  });

  it("tell how many wait", async () => {
    const sizes: number[] = [];
    client.outbox.onSize((size) => sizes.push(size));
    void submit();
    await settle();
    online = true;
    await ports.clock.advance(1_000);
    expect(sizes).toEqual([1, 0]);
  });
});
