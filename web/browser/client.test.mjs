/** The built client library in a real browser against the deployed stack. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { launch, openClientPage, PATIENCE_MS } from "./client-page.mjs";
import { ensureRequests, readStack } from "./stack.mjs";

const stack = readStack();
let browser;
let page;

before(async () => {
  await ensureRequests(stack);
  browser = await launch(stack);
});

after(() => browser?.close());

beforeEach(async () => {
  page = await openClientPage(browser, stack);
});

afterEach(() => page.context().close());

const untilOpen = () =>
  page.waitForFunction(() => window.client.connection.name === "open", null, {
    timeout: PATIENCE_MS,
  });

describe("the client library in a browser", () => {
  it("submits a task and watches it to its end", async () => {
    const seen = await page.evaluate(async () => {
      const updates = [];
      const accepted = await client.submit(task);
      for await (const update of client.watch(accepted)) updates.push(update);
      return { accepted, updates };
    });
    const versions = seen.updates.map(({ version }) => version);
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
    );
    assert.ok(versions[0] > seen.accepted.version);
    assert.equal(seen.updates.at(-1).status, "completed");
    assert.ok(seen.updates.at(-1).result.rows.length > 0);
  });

  it("speaks the subprotocol that the server chose", async () => {
    await page.evaluate(() => client.connect());
    await untilOpen();
    assert.equal(await page.evaluate(() => sockets.at(-1).protocol), "adology.v1");
  });

  it("recovers from a cut without a gap, and sends what was asked for meanwhile once", async () => {
    await page.evaluate(() => client.connect());
    await untilOpen();
    const tag = `cut-${Date.now()}`;
    await page.evaluate(async (tag) => {
      window.accepted = await client.submit({ ...task, tags: [tag] });
      window.seen = [];
      window.watch = client.watch(accepted, { onUpdate: (update) => seen.push(update) });
    }, tag);
    await page.context().setOffline(true);
    await page.evaluate((tag) => {
      // As a network that is gone ends a connection. The browser itself would wait a minute for the
      // server's answer to a close that never gets there.
      for (const socket of sockets) {
        socket.close();
        socket.dispatchEvent(new CloseEvent("close", { code: 1006 }));
      }
      window.late = client.submit({ ...task, tags: [tag] });
    }, tag);
    await page.waitForFunction(() => client.connection.name !== "open");
    await page.waitForFunction(() => client.outbox.size === 1);
    await page.waitForTimeout(3_000);
    await page.context().setOffline(false);

    const end = await page.evaluate(async (tag) => {
      const last = await watch.finished();
      const { updates } = await client.get(accepted.request_id);
      const other = await client.watch(await late).finished();
      const found = [];
      for await (const { request_id } of client.all({ tag })) found.push(request_id);
      return { last, seen, history: updates.map(({ version }) => version), other, found };
    }, tag);
    assert.equal(end.last.status, "completed");
    assert.ok(end.seen.every(({ gap }) => !gap));
    const after = end.history.filter((version) => version > 1);
    assert.deepEqual(
      end.seen.map(({ version }) => version),
      after,
    );
    assert.equal(end.other.status, "completed");
    assert.equal(end.found.length, 2, "the queued submission made one task");
  });
});
