/** Signing in and what is seen first, in a real browser against the deployed stack. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { launch } from "./client-page.mjs";
import { openDashboard } from "./dashboard.mjs";
import { ensureRequests, readStack } from "./stack.mjs";

const stack = readStack();
let browser;
let dash;
let page;

before(async () => {
  await ensureRequests(stack);
  browser = await launch(stack);
});
after(() => browser?.close());

beforeEach(async () => {
  dash = await openDashboard(browser, stack.webUrl);
  page = dash.page;
});
afterEach(() => dash.close());

const ready = async () => {
  await dash.signIn(stack);
  await dash.live();
};

const figure = (name) => page.locator(`[data-figure=${name}] .figure-value`).innerText();

describe("the dashboard", () => {
  it("refuses a wrong password in words", async () => {
    await dash.signIn({ ...stack, password: "Not-the-passw0rd!" });
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

  it("asks for figures over time as the server understands it", async () => {
    await ready();
    for (const window of ["1h", "all"]) {
      const answered = page.waitForResponse(
        (r) => r.url().includes("/dashboard/timeseries?") && r.request().method() === "GET",
      );
      await page.locator(`[name=figures-window][value="${window}"]`).check({ force: true });
      const answer = await answered;
      assert.equal(answer.status(), 200);
      const { times, series } = await answer.json();
      assert.ok(times.length > 5);
      assert.equal(series.length, 6);
      for (const { values } of series) assert.equal(values.length, times.length);
    }
    await page
      .locator(".charts canvas")
      .or(page.getByText("No requests in this time."))
      .first()
      .waitFor();
  });

  it("has an address for every page, and leads on from a wrong one", async () => {
    await ready();
    for (const name of ["Tasks", "New task", "Logs", "Reports", "Overview"]) {
      await dash.go(name);
      assert.equal(await page.title(), `${name} · Adology`);
    }
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Reports" }).waitFor();
    await page.goto(`${stack.webUrl}/#/nowhere`);
    await page.getByRole("link", { name: "Go to the overview" }).click();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.goto(`${stack.webUrl}/#/operators`);
    await page.getByRole("heading", { name: "For operators only" }).waitFor();
  });

  it("finds log lines and requests", async () => {
    await ready();
    await dash.go("Logs");
    await page.locator("[name=log-type][value=request]").check({ force: true });
    await page.locator(".log-line").first().waitFor();
    await page.locator("[name=log-status]").fill("5xx");
    await page.waitForFunction(() => {
      const marks = [...document.querySelectorAll(".log-line .mark-of")];
      return marks.length > 0 && marks.every((mark) => /^5/.test(mark.textContent));
    });
    assert.match(page.url(), /status=5xx/, "what was searched stands in the address");
    await page.locator(".log-line summary").first().click();
    assert.match(await page.locator(".log-line .json").first().innerText(), /"status": 5/);
  });

  it("stays signed in over a reload and forgets everything at sign-out", async () => {
    await ready();
    await page.reload();
    await dash.live();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Password").waitFor();
    const kept = await page.evaluate(() => [sessionStorage.length, localStorage.length]);
    assert.deepEqual(kept, [0, 0]);
  });

  it("keeps the colours that were chosen", async () => {
    await ready();
    const button = page.getByRole("button", { name: /^Colours/ });
    await button.click();
    await button.click();
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.reload();
    await dash.live();
    assert.equal(await ground(), dark);
    await button.click();
    assert.notEqual(await ground(), dark);
  });
});
