import { beforeEach, describe, expect, it } from "vitest";
import { Client } from "./client.ts";
import { FakePorts, settle } from "./fakes.ts";
import { type LogBatch, watchLogs } from "./logs.ts";
import { watchSystem } from "./operators.ts";

let ports: FakePorts;
let client: Client;
const said = () =>
  ports.sockets.flatMap(({ sent }) => sent.map((one) => JSON.parse(one) as object));
const deliver = (frame: object) => ports.sockets.at(-1)?.deliver(frame);
const line = (id: string) => ({ id, type: "log", level: "error", message: id });

beforeEach(() => {
  ports = new FakePorts();
  ports.server.on("POST /realtime/tickets", () => ({
    body: { ticket: "t", expires_at: "", url: "wss://x/live?ticket=t" },
  }));
  client = new Client({ httpUrl: "https://x", token: async () => "token" }, ports);
});

async function open(): Promise<void> {
  await settle();
  ports.sockets.at(-1)?.onopen?.();
  await settle();
}

describe("the tail of the log", () => {
  it("tells each line of the level once, and how many were left out", async () => {
    const batches: LogBatch[] = [];
    const stop = watchLogs(client, "error", (batch) => batches.push(batch));
    await open();
    expect(said()).toContainEqual({ action: "subscribe", logs: "error" });
    deliver({ type: "subscribed", logs: "error" });
    deliver({ type: "logs", level: "error", lines: [line("1"), line("2")], left_out: 0 });
    deliver({ type: "logs", level: "error", lines: [line("2"), line("3"), 7], left_out: 5 });
    deliver({ type: "logs", level: "*", lines: [line("4")], left_out: 0 });
    deliver({ type: "logs", level: "error", lines: [line("3")], left_out: 0 });
    deliver({ type: "logs", level: "error", lines: "none" });
    deliver({ type: "logs", level: "error", lines: [], left_out: 9 });
    expect(batches.map(({ lines, leftOut }) => [lines.map(({ id }) => id), leftOut])).toEqual([
      [["1", "2"], 0],
      [["3"], 5],
      [[], 9],
    ]);
    stop();
    expect(said()).toContainEqual({ action: "unsubscribe", logs: "error" });
    deliver({ type: "logs", level: "error", lines: [line("5")], left_out: 0 });
    expect(batches).toHaveLength(3);
  });

  it("holds up no resume once its subscription is confirmed", async () => {
    const watch = client.watch("task-1");
    watchLogs(client, "*", () => {});
    await open();
    deliver({ type: "subscribed", request_id: "task-1", version: 1 });
    expect(said()).not.toContainEqual(expect.objectContaining({ action: "resume" }));
    deliver({ type: "subscribed", logs: "*" });
    expect(said()).toContainEqual({ action: "resume", tasks: { "task-1": 0 } });
    watch.stop();
  });
});

describe("how the service stands", () => {
  it("is told as it comes", async () => {
    const told: unknown[] = [];
    const stop = watchSystem(client, (system) => told.push(system));
    await open();
    expect(said()).toContainEqual({ action: "subscribe", stream: "operators" });
    const system = { at: "2026-03-01T12:00:00Z", queues: [], connections: { open: 1 } };
    deliver({ type: "system", ...system });
    expect(told).toEqual([expect.objectContaining(system)]);
    stop();
    deliver({ type: "system", ...system });
    expect(told).toHaveLength(1);
  });
});
