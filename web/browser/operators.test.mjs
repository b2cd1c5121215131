/** An operator at the dashboard, and somebody else at theirs. Against the deployed stack. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch } from "./client-page.mjs";
import { openDashboard } from "./dashboard.mjs";
import { operatorPost, readStack } from "./stack.mjs";

const stack = readStack();
let browser;
let operator;
let user;

before(async () => {
  browser = await launch(stack);
  operator = await openDashboard(browser, stack.webUrl);
  user = await openDashboard(browser, stack.webUrl);
  await Promise.all([operator.signIn(stack.operator), user.signIn(stack)]);
  await Promise.all([operator.live(), user.live()]);
  await operator.go("Operators");
});

after(async () => {
  await operator?.close();
  await user?.close();
  await browser?.close();
});

describe("an operator", () => {
  it("speaks to everybody who is connected", async () => {
    const words = `Maintenance at ten, ${Date.now()}`;
    await operator.page.locator("[name=broadcast-text]").fill(words);
    await operator.page.getByRole("button", { name: "Send to everybody" }).click();
    await operator.page.getByText(/^Sent \(/).waitFor();
    for (const { page } of [operator, user]) {
      await page.getByText(words).waitFor();
      await page.getByRole("button", { name: "Dismiss the message" }).first().click();
      await page.getByText(words).waitFor({ state: "hidden" });
    }
  });

  it("sees how the service stands and who is connected", async () => {
    await operator.page.locator("[data-queue=work] td").first().waitFor();
    await operator.page.locator("[data-open]").waitFor();
    const open = await operator.page.locator("[data-open]").getAttribute("data-open");
    assert.ok(Number(open) >= 2, `${open} connections are open`);
    // Other tests may have left some.
    const dead = operator.page.locator("[aria-labelledby=dead-title]");
    await dead.locator("[data-reason], .empty").first().waitFor();
  });

  it("sees what fails, of all tenants, as it happens", async () => {
    const read = operator.page.waitForRequest(/operators\/system$/);
    const id = await user.submit("external", {});
    const post = await operatorPost(stack);
    const error = { code: "broken", message: "It broke" };
    await post("/notify", { request_id: id, status: "failed", error });
    const failure = operator.page.locator(`[data-failure="${id}"]`);
    await failure.waitFor();
    assert.match(await failure.innerText(), /Failed[\s\S]*demo[\s\S]*external[\s\S]*It broke/);
    await read;
  });

  it("and everybody of a tenant see its log lines as they are stored", async () => {
    const post = await operatorPost(stack);
    await user.go("Logs");
    await operator.go("Logs");
    const words = `out of stock, ${Date.now()}`;
    const seen = Promise.all(
      [user, operator].map(({ page }) => page.getByText(words).first().waitFor()),
    );
    let shown = false;
    void seen.then(() => {
      shown = true;
    });
    // The first lines after a subscription may come before the api knows that somebody listens.
    for (let n = 0; !shown && n < 60; n++) {
      const at = new Date().toISOString();
      const line = { type: "log", at, service: "shop", level: "error", message: words };
      await post("/events", { events: [{ ...line, id: `${words} ${n}` }] });
      await user.page.waitForTimeout(500);
    }
    await seen;
    await operator.go("Operators");
  });

  it("is somebody: others are not shown that page", async () => {
    const links = user.page.getByRole("navigation").getByRole("link", { name: "Operators" });
    assert.equal(await links.count(), 0);
  });
});
