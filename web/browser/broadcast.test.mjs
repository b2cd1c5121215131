/** An operator speaks to everybody: the built client library hears it, in a page and in Node. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { createClient } from "../client/dist/index.js";
import { launch, openClientPage } from "./client-page.mjs";
import { idToken, operatorPost, readConfig, readStack } from "./stack.mjs";

const PATIENCE = { timeout: 120_000 };
/** Reports further apart than this are pushed one by one: none overtakes another. */
const REPORT_EVERY_MS = 400;
const WITHIN_MS = 2_000;

const stack = readStack();
let post;
let browser;
let page;
let client;
const sockets = [];

class Recorded extends WebSocket {
  constructor(...all) {
    super(...all);
    sockets.push(this);
  }
}

before(async () => {
  post = await operatorPost(stack);
  const config = await readConfig(stack);
  const token = await idToken(config, stack);
  client = createClient({ httpUrl: config.httpUrl, token: async () => token, WebSocket: Recorded });
  browser = await launch(stack);
  page = await openClientPage(browser, stack);
  await everywhere(listen);
}, PATIENCE);

after(async () => {
  client?.close();
  await browser?.close();
});

/** Runs the same in Node and in the page; answers what each says. */
async function everywhere(run, argument) {
  return { node: await run(argument), page: await page.evaluate(run, argument) };
}

/** Connects, and from now on writes down what is heard and when the connection changes. */
async function listen() {
  Object.assign(globalThis, { messages: [], byes: [], states: [], seen: [] });
  client.onBroadcast(({ message }) => messages.push(message));
  client.onBye(({ reason }) => byes.push({ reason, at: Date.now() }));
  const open = new Promise((resolve) => {
    client.onConnection(({ name, successor }) => {
      states.push({ name, successor, at: Date.now() });
      if (name === "open") resolve();
    });
  });
  client.connect();
  await open;
}

function watch(id) {
  client.watch(id, { onUpdate: (update) => seen.push(update) });
}

const heard = () => ({
  messages,
  byes,
  states,
  seen,
  sockets: sockets.map((one) => one.readyState),
});

/** What both have heard when both have heard enough. */
async function until(enough) {
  for (;;) {
    const { node, page } = await everywhere(heard);
    if (enough(node) && enough(page)) return [node, page];
    await sleep(100);
  }
}

describe("an operator", () => {
  it("is heard once by everybody", PATIENCE, async () => {
    const texts = [1, 2].map((n) => `${n} of ${Date.now()}`);
    for (const text of texts) await post("/broadcast", { message: { text } });
    const mine = ({ messages }) =>
      messages.map(({ text }) => text).filter((text) => texts.includes(text));
    await until((one) => mine(one).length >= texts.length);
    // A repetition would come with the same push, or when that is tried again.
    await sleep(1_500);
    const { node, page } = await everywhere(heard);
    assert.deepEqual(mine(node).sort(), texts);
    assert.deepEqual(mine(page).sort(), texts);
  });

  it(
    "moves everybody to another connection, and a running task misses nothing",
    PATIENCE,
    async () => {
      const { request_id } = await client.submit({ kind: "external", input: {} });
      const report = async (percent) => {
        const progress = { percent, message: "on the way" };
        await post("/notify", { request_id, status: "processing", progress });
        await sleep(REPORT_EVERY_MS);
      };
      await everywhere(watch, request_id);
      await report(1);
      const bye = { within_ms: WITHIN_MS, reason: "deploy" };
      await post("/broadcast", { reconnect: bye, tenant: "demo" });
      // Before, while and after the connections change.
      for (let percent = 2; percent < 2 + (2 * WITHIN_MS) / REPORT_EVERY_MS; percent++) {
        await report(percent);
      }
      await post("/notify", { request_id, status: "completed", result: {} });
      const both = await until(({ seen }) => seen.at(-1)?.status === "completed");

      const { updates } = await client.get(request_id);
      const history = updates.map(({ version }) => version);
      for (const { seen, byes, states, sockets } of both) {
        const versions = seen.map(({ version }) => version);
        assert.deepEqual(versions, history.slice(-versions.length));
        assert.ok(versions[0] <= 2, "from the beginning");
        assert.ok(seen.every(({ gap }) => !gap));

        assert.deepEqual(
          byes.map(({ reason }) => reason),
          ["deploy"],
        );
        const moved = states.filter(({ at }) => at >= byes[0].at);
        const steps = moved.map(({ name, successor }) => `${name}, successor ${successor}`);
        assert.deepEqual(
          steps,
          ["connecting", "open", "none"].map((successor) => `open, successor ${successor}`),
          "the old connection stands until the next has caught up",
        );
        assert.ok(moved.at(-1).at - byes[0].at < WITHIN_MS, "within the time");
        assert.deepEqual(sockets, [WebSocket.CLOSED, WebSocket.OPEN]);
      }
    },
  );
});
