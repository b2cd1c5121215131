/** One dashboard in a browser, as its journeys use it. */

import assert from "node:assert/strict";
import { PATIENCE_MS } from "./client-page.mjs";

/** Sockets can be cut, as a network does. */
function recordSockets() {
  window.sockets = [];
  class Recorded extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      // The development server's own stays: without it the page would be loaded anew.
      if (protocols !== "vite-hmr") window.sockets.push(this);
    }
  }
  window.WebSocket = Recorded;
}

export async function openDashboard(browser, webUrl, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.addInitScript(recordSockets);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  /** `GET /tasks`, `GET /tasks/{id}` … in the order they left the page. */
  const asked = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    const path = /\/tasks(\/[^?]*)?(?=\?|$)/.exec(request.url())?.[0];
    if (path && request.method() === "GET") asked.push(path);
  });
  await page.goto(webUrl);

  return {
    page,
    context,
    asked,
    /** Whatever else is checked: the page threw nothing. */
    async close() {
      await context.close();
      assert.deepEqual(faults, [], "the page threw errors");
    },
    async signIn({ username, password }) {
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    },
    live: () => page.getByTestId("connection").getByText("Live", { exact: true }).waitFor(),
    async go(name) {
      await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    },
    cut: () =>
      page.evaluate(() => {
        for (const socket of window.sockets) socket.close();
      }),
    row: (id) => page.locator(`[data-task="${id}"]`),
    /** The task that is looked at. */
    drawer: page.locator(".drawer"),
    result: page.getByTestId("result"),
    /** Submits on the page for it and answers the new task's id; its detail is open then. */
    async submit(kind, input, tags = "") {
      await this.go("New task");
      await page.locator(`[name=kind][value=${kind}]`).check({ force: true });
      const json = page.locator("[name=mode][value=json]");
      if (await json.count()) await json.check({ force: true });
      await page.locator("textarea[name=input]").fill(JSON.stringify(input));
      await page.locator("[name=tags]").fill(tags);
      await page.getByRole("button", { name: "Run task" }).click();
      await page.waitForURL(/#\/tasks\/[^?]+/);
      return decodeURIComponent(/#\/tasks\/([^?]+)/.exec(page.url())[1]);
    },
    /** The open task has come to this. */
    status: (name) => page.locator(`.drawer-head [data-status=${name}]`).waitFor(),
  };
}
