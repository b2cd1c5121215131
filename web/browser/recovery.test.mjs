/** What goes wrong on the way, and how the dashboard recovers without a reload. Against the deployed stack. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { launch } from "./client-page.mjs";
import { openDashboard } from "./dashboard.mjs";
import { idToken, readConfig, readStack } from "./stack.mjs";

const stack = readStack();
let browser;
let dash;
let page;
let config;

before(async () => {
  config = await readConfig(stack);
  browser = await launch(stack);
});
after(() => browser?.close());

beforeEach(async () => {
  dash = await openDashboard(browser, stack.webUrl);
  page = dash.page;
  await dash.signIn(stack);
  await dash.live();
  await dash.go("Tasks");
});
afterEach(() => dash.close());

/** Submits beside the page, as another program of the same user. */
async function submitElsewhere() {
  const token = await idToken(config, stack);
  const answer = await fetch(`${config.httpUrl.replace(/\/+$/, "")}/tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ kind: "external", input: {} }),
  });
  return (await answer.json()).request_id;
}

describe("the dashboard", () => {
  it("says that it is cut off, and has all that it missed when it is back", async () => {
    await dash.context.setOffline(true);
    await dash.cut();
    await page
      .getByTestId("connection")
      .getByText(/Reconnecting/)
      .waitFor();
    const id = await submitElsewhere();
    await dash.context.setOffline(false);
    await dash.live();
    await dash.row(id).waitFor();
    await dash.row(id).getByRole("link").click();
    await dash.drawer.getByRole("button", { name: "Cancel task" }).click();
    await dash.status("cancelled");
  });

  it("waits with a command until the server can be reached", async () => {
    await dash.submit("external", {});
    const button = dash.drawer.getByRole("button", { name: "Cancel task" });
    await button.waitFor();
    await dash.context.setOffline(true);
    await button.click();
    await dash.drawer.getByRole("button", { name: "Cancelling…" }).waitFor();
    await dash.context.setOffline(false);
    await dash.status("cancelled");
  });

  it("asks to sign in again when the session has ended, and goes on where it was", async () => {
    await page.route(`${config.httpUrl.replace(/\/+$/, "")}/**`, (route) =>
      route.request().method() === "OPTIONS"
        ? route.fallback()
        : route.fulfill({ status: 401, json: { message: "Unauthorized" } }),
    );
    await page.route(config.cognitoEndpoint, (route) =>
      route.fulfill({
        status: 400,
        json: { __type: "NotAuthorizedException", message: "Refresh Token has expired" },
      }),
    );
    // The page that it leads to may be gone before anybody sees it.
    await page.getByRole("navigation").getByRole("link", { name: "Logs", exact: true }).click();
    await page.getByText("Your session has ended. Please sign in again.").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await dash.signIn(stack);
    await dash.live();
    await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  });

  it("says what the server could not do, and does it on demand", async () => {
    let broken = true;
    await page.route(/\/logs(\?|$)/, (route) =>
      broken && route.request().method() === "GET"
        ? route.fulfill({
            status: 503,
            headers: { "access-control-allow-origin": "*" },
            contentType: "application/problem+json",
            body: JSON.stringify({
              code: "unavailable",
              title: "Unavailable",
              detail: "Mongo is away",
            }),
          })
        : route.fallback(),
    );
    await dash.go("Logs");
    const alert = page.getByRole("alert");
    await alert.getByText("Mongo is away").waitFor();
    broken = false;
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor({ state: "hidden" });
  });
});
