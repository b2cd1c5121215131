/** The built client library in Node, with the class of the package `ws`, against the deployed stack. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import { createClient } from "../client/dist/index.js";
import { ensureRequests, idToken, readConfig, readStack } from "./stack.mjs";

const TASK = { kind: "aggregate", input: { group_by: ["service"], window: "all" } };
const PATIENCE = { timeout: 120_000 };

const stack = readStack();
const sockets = [];
let client;

class Recorded extends WebSocket {
  constructor(...all) {
    super(...all);
    sockets.push(this);
  }
}

before(async () => {
  await ensureRequests(stack);
  const config = await readConfig(stack);
  const token = await idToken(config, stack);
  client = createClient({ httpUrl: config.httpUrl, token: async () => token, WebSocket: Recorded });
});

after(() => client?.close());

function opened() {
  return new Promise((resolve) => {
    if (client.connection.name === "open") resolve();
    client.onConnection(({ name }) => name === "open" && resolve());
    client.connect();
  });
}

describe("the client library in Node", () => {
  it("submits a task, watches it to its end and reads its result", PATIENCE, async () => {
    const accepted = await client.submit(TASK);
    const versions = [];
    let last;
    for await (const update of client.watch(accepted)) {
      versions.push(update.version);
      last = update;
    }
    assert.equal(last.status, "completed");
    assert.ok(versions.every((version, i) => version > (versions[i - 1] ?? accepted.version)));
    assert.deepEqual((await client.result(accepted.request_id)).result, last.result);
  });

  it("makes one task of a batch that is sent twice", PATIENCE, async () => {
    const tag = `twice-${Date.now()}`;
    const batch = [{ ...TASK, tags: [tag], idempotency_key: tag }];
    const [first] = await client.submitBatch(batch);
    const [second] = await client.submitBatch(batch);
    assert.equal(second.request_id, first.request_id);
    assert.equal((await client.watch(first).finished()).status, "completed");
  });

  it("brings every update of a tag's tasks, over a connection that is cut", PATIENCE, async () => {
    await opened();
    const tag = `cut-${Date.now()}`;
    const seen = [];
    const leave = client.subscribe({ tag }, ({ version }) => seen.push(version));
    const accepted = await client.submit({ ...TASK, tags: [tag] });
    const watch = client.watch(accepted);
    for (const socket of sockets) socket.terminate();
    await watch.finished();
    leave();
    const { updates } = await client.get(accepted.request_id);
    const history = updates.map(({ version }) => version).filter((version) => version > 1);
    assert.deepEqual(seen, history);
    assert.ok(sockets.length >= 2, "another connection was made");
  });

  it("tells of a task that there is not", PATIENCE, async () => {
    const id = "01890a5d-ac96-774b-bcce-b302099a8057";
    await assert.rejects(client.watch(id).finished(), { code: "task_not_found" });
  });
});
