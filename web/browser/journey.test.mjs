/** The first journey, in a real browser against the deployed stack. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, PATIENCE_MS } from "./client-page.mjs";
import { ensureRequests, readStack } from "./stack.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));

const stack = readStack();
let browser;
let page;
/** `GET /tasks`, `GET /tasks/{id}` ... in the order they left the page. */
let asked;
let faults;

before(async () => {
  await mkdir(SHOTS, { recursive: true });
  await ensureRequests(stack);
  browser = await launch(stack);
});

after(() => browser?.close());

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  asked = [];
  faults = [];
  page.on("request", (request) => {
    const path = /\/tasks(\/[^?]*)?(?=\?|$)/.exec(request.url())?.[0];
    if (path && request.method() === "GET") asked.push(path);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(stack.webUrl);
});

afterEach(async () => {
  await page.context().close();
  assert.deepEqual(faults, [], "the page threw errors");
});

async function signIn(password = stack.password) {
  await page.getByLabel("Username").fill(stack.username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signed in, live, and the task list has been read. */
async function ready() {
  await signIn();
  await page.getByTestId("connection").getByText("Live", { exact: true }).waitFor();
  await page.locator(".tasks .count").waitFor();
}

const figure = (name) => page.locator(`[data-figure=${name}] .figure-value`).innerText();

const rowIds = () =>
  page.locator("[data-task]").evaluateAll((rows) => rows.map((row) => row.dataset.task));

/** Submits by the form as it stands and answers the row of the new task. */
async function runAggregate() {
  const before = new Set(await rowIds());
  await page.getByRole("button", { name: "Run aggregate" }).click();
  await page.waitForFunction(
    (known) =>
      [...document.querySelectorAll("[data-task]")].some(
        (row) => !known.includes(row.dataset.task),
      ),
    [...before],
  );
  const id = (await rowIds()).find((one) => !before.has(one));
  return page.locator(`[data-task="${id}"]`);
}

describe("the dashboard", () => {
  it("refuses a wrong password in words", async () => {
    await signIn("Not-the-passw0rd!");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /Wrong username or password[\s\S]*invalid_credentials/);
    assert.equal(await page.getByLabel("Username").inputValue(), stack.username);
  });

  it("shows the three figures for every window", async () => {
    await ready();
    for (const window of ["1h", "24h", "7d", "all"]) {
      const answered = page.waitForResponse((r) => r.url().includes(`/dashboard?window=${window}`));
      await page.locator(`[name=figures-window][value="${window}"]`).check({ force: true });
      assert.equal((await answered).status(), 200);
    }
    await page.locator('.figures[aria-busy="false"]').waitFor();
    assert.match(await figure("user_count"), /^[\d,]+$/);
    assert.match(await figure("active_sessions"), /^[\d,]+$/);
    assert.match(await figure("avg_response_time_ms"), /^[\d,.]+ ms$/);
  });

  it("watches an aggregate complete live, without a reload or any polling", async () => {
    await ready();
    assert.deepEqual(asked, ["/tasks"], "one list, after the connection was made");

    await page.locator("[name=group_by][value=status]").check({ force: true });
    const row = await runAggregate();
    const seen = row.locator("[data-status=completed]");
    await seen.waitFor({ timeout: PATIENCE_MS });
    assert.deepEqual(asked, ["/tasks"], "everything since came over the WebSocket");

    await row.getByRole("link").click();
    const table = page.getByTestId("result").locator("table");
    await table.waitFor();
    const head = (await table.locator("th").allInnerTexts()).map((text) => text.split(/\s/)[0]);
    const figures = "Requests Errors Users Mean Fastest p50 p95 p99 Slowest";
    assert.deepEqual(head, ["Service", "Status", ...figures.split(" ")]);
    assert.ok((await table.locator("tbody tr").count()) > 0);
    await page.screenshot({ path: `${SHOTS}result.png` });

    const history = page.locator(".history");
    await history.locator("[data-status=completed]").waitFor();
    assert.match(await history.innerText(), /Queued/);
    const details = asked.filter((path) => path !== "/tasks");
    assert.equal(details.length, 1, "one read of the task that was opened");
    await page.keyboard.press("Escape");
    await page.locator(".drawer").waitFor({ state: "hidden" });
  });

  it("brings the result into an open task", async () => {
    await ready();
    const row = await runAggregate();
    await row.getByRole("link").click();
    await page.getByTestId("result").locator("table").waitFor({ timeout: PATIENCE_MS });
    const reads = asked.filter((path) => path !== "/tasks").length;
    assert.ok(reads <= 2, "one read, and at most one more to fill gaps in the history");
  });

  it("shows the work of one tab in another", async () => {
    await ready();
    const first = page;
    const known = new Set(await rowIds());
    page = await first.context().newPage();
    await page.goto(stack.webUrl);
    await ready();
    const row = await runAggregate();
    const id = await row.getAttribute("data-task");
    assert.ok(!known.has(id));
    const there = first.locator(`[data-task="${id}"] [data-status=completed]`);
    await there.waitFor({ timeout: PATIENCE_MS });
  });

  it("stays signed in over a reload and forgets everything at sign-out", async () => {
    await ready();
    await page.reload();
    await page.getByTestId("connection").getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Password").waitFor();
    const kept = await page.evaluate(() => [sessionStorage.length, localStorage.length]);
    assert.deepEqual(kept, [0, 0]);
  });
});
