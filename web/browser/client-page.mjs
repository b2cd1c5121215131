/** Chromium, and pages in it that hold the built client library. */

import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { readConfig } from "./stack.mjs";

const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run " +
  "--disable-background-networking --disable-component-update --disable-sync";
/** A cold start, a queue and a worker lie between submission and result. */
export const PATIENCE_MS = 60_000;

export function launch(stack) {
  return chromium.launch({ executablePath: stack.chromium, args: FLAGS.split(" ") });
}

/** A page of its own with a signed-in `client`, whose sockets the test can look at and cut. */
export async function openClientPage(browser, stack) {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.route("**/adology-client/*.js", async (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1);
    const body = await readFile(new URL(`../client/dist/${name}`, import.meta.url), "utf8");
    await route.fulfill({ body, contentType: "text/javascript" });
  });
  await page.goto(stack.webUrl);
  await page.evaluate(start, { config: await readConfig(stack), stack });
  return page;
}

async function start({ config, stack }) {
  const { createClient } = await import("/adology-client/index.js");
  const { createSession } = await import("/adology-client/cognito.js");
  window.sockets = [];
  class Recorded extends WebSocket {
    constructor(...all) {
      super(...all);
      window.sockets.push(this);
    }
  }
  const session = createSession(config);
  await session.signIn(stack.username, stack.password);
  window.client = createClient({ httpUrl: config.httpUrl, token: session, WebSocket: Recorded });
  window.task = { kind: "aggregate", input: { group_by: ["service"], window: "all" } };
}
