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

  it("sees what fails, of all tenants, as it happens", async () => {
    const id = await user.submit("external", {});
    const post = await operatorPost(stack);
    const error = { code: "broken", message: "It broke" };
    await post("/notify", { request_id: id, status: "failed", error });
    const failure = operator.page.locator(`[data-failure="${id}"]`);
    await failure.waitFor();
    assert.match(await failure.innerText(), /Failed[\s\S]*demo[\s\S]*external[\s\S]*It broke/);
  });

  it("is somebody: others are not shown that page", async () => {
    const links = user.page.getByRole("navigation").getByRole("link", { name: "Operators" });
    assert.equal(await links.count(), 0);
  });
});
