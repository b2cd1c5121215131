/** Tasks on the dashboard: submitted, watched, called off, run again, found. Against the deployed stack. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { launch } from "./client-page.mjs";
import { openDashboard } from "./dashboard.mjs";
import { KINDS } from "./fake/kinds.mjs";
import { ensureRequests, operatorPost, readStack } from "./stack.mjs";

const stack = readStack();
let browser;
let dash;
let page;
let report;

before(async () => {
  await ensureRequests(stack);
  const post = await operatorPost(stack);
  report = (request_id, body) => post("/notify", { request_id, ...body });
  browser = await launch(stack);
});
after(() => browser?.close());

beforeEach(async () => {
  dash = await openDashboard(browser, stack.webUrl);
  page = dash.page;
  await dash.signIn(stack);
  await dash.live();
});
afterEach(() => dash.close());

const headings = async () =>
  (await dash.result.locator("th").allInnerTexts()).map((text) => text.split(/\s/)[0]);

describe("a task", () => {
  it("is watched to its end live, without a reload or any polling", async () => {
    const id = await dash.submit("aggregate", { group_by: ["service", "status"], window: "all" });
    await dash.status("completed");
    await dash.result.locator("table").waitFor();
    const figures = "Requests Errors Users Mean Fastest p50 p95 p99 Slowest".split(" ");
    assert.deepEqual(await headings(), ["Service", "Status", ...figures]);
    assert.ok((await dash.result.locator("tbody tr").count()) > 0);
    await dash.drawer.locator(".history [data-status=completed]").waitFor();
    assert.match(await dash.drawer.locator(".history").innerText(), /Queued/);

    await page.locator("[name=result-view][value=chart]").check({ force: true });
    await dash.result.locator(".bars li").first().waitFor();
    const saved = page.waitForEvent("download");
    await dash.result.getByRole("button", { name: "CSV" }).click();
    assert.equal((await saved).suggestedFilename(), `${id}.csv`);

    const reads = (path) => dash.asked.filter((one) => one === path).length;
    assert.equal(reads("/tasks"), 1, "one list, after the connection was made");
    assert.ok(reads(`/tasks/${id}`) <= 2, "read when it was opened, and once at its end");
    await page.keyboard.press("Escape");
    await dash.drawer.waitFor({ state: "hidden" });
    await dash.row(id).locator("[data-status=completed]").waitFor();
  });

  it("leaves a report, if it is an aggregate", async () => {
    const id = await dash.submit("aggregate", { group_by: ["service"], window: "all" });
    await dash.status("completed");
    await dash.go("Reports");
    await page.locator(`a[href="#/reports/${id}"]`).click();
    await dash.result.locator("table").waitFor();
    await page.getByRole("link", { name: "The task that made it" }).click();
    await dash.status("completed");
  });

  it("can be an analysis, with a summary", async () => {
    const documents = [
      { id: "r-1", text: "The battery life is wonderful." },
      { id: "r-2", text: "Battery life is terrible, I hate it." },
    ];
    await dash.submit("analyze", { documents });
    await dash.status("completed");
    await dash.result.getByText(/2 documents/).waitFor();
    await page.locator("[name=result-view][value=table]").check({ force: true });
    assert.ok((await headings()).includes("Sentiment"));
  });

  it("can be an analysis of a file that is dropped on the form", async () => {
    await page.route("**/kinds", (route) => route.fulfill({ json: { kinds: KINDS } }));
    await dash.go("New task");
    await page.locator("[name=kind][value=analyze]").check({ force: true });
    await page.locator("[value=upload_id]").check({ force: true });
    await page.locator(".drop input").setInputFiles({
      name: "reviews.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("id,text\n1,Wonderful battery\n2,Terrible battery\n3,A battery\n"),
    });
    await page.getByText(/reviews\.csv \(.*\) is uploaded\./).waitFor();
    await page.getByRole("button", { name: "Run task" }).click();
    await dash.status("completed");
    await dash.result.getByText(/3 documents/).waitFor();
  });

  it("can be an export, with a file", async () => {
    await dash.submit("export", { source: "events", format: "csv" });
    await dash.status("completed");
    const link = dash.result.getByRole("link", { name: /Download events-.*\.csv/ });
    assert.match(await link.getAttribute("href"), /^http/);
  });

  it("runs outside, is called off, and is run again and again", async () => {
    const id = await dash.submit("external", { words: 3 }, "browser, outside");
    await dash.status("processing");
    await report(id, { status: "processing", progress: { percent: 40, message: "reading" } });
    await dash.drawer.getByText("reading").first().waitFor();
    await dash.drawer.getByRole("button", { name: "Cancel task" }).click();
    await dash.status("cancelled");

    await dash.drawer.getByRole("button", { name: "Run again" }).click();
    await dash.status("processing");
    const error = { code: "no_text", message: "Give the input a field text." };
    await report(id, { status: "failed", error });
    await dash.status("failed");
    const why = await dash.drawer.getByRole("alert").innerText();
    assert.match(why, /Give the input a field text\.[\s\S]*no_text/);
    await dash.drawer.getByRole("heading", { name: "Attempts" }).waitFor();

    await dash.drawer.getByRole("button", { name: "Run again" }).click();
    await dash.status("processing");
    await report(id, { status: "completed", result: { words: 3 } });
    await dash.status("completed");
    await dash.result.getByText('"words": 3').waitFor();

    await dash.drawer.getByRole("link", { name: "Duplicate" }).click();
    await page.getByText("Filled in from the task").waitFor();
    assert.equal(await page.locator("[name=tags]").inputValue(), "browser, outside");
    assert.ok(await page.locator("[name=kind][value=external]").isChecked());
  });

  it("is refused in words, by the field at fault", async () => {
    await dash.go("New task");
    await page.locator("[name=kind][value=aggregate]").check({ force: true });
    const json = page.locator("[name=mode][value=json]");
    if (await json.count()) await json.check({ force: true });
    const input = page.locator("textarea[name=input]");
    await input.fill("{");
    await page.getByRole("button", { name: "Run task" }).click();
    await page.getByText("This is not valid JSON").waitFor();
    await input.fill('{"group_by":["moon"]}');
    await page.getByRole("button", { name: "Run task" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("invalid_input").waitFor();
    assert.match(await alert.innerText(), /input\.group_by\[0\]/);
  });

  it("of one tab is shown in another, and is found", async () => {
    const other = await dash.context.newPage();
    await other.goto(`${stack.webUrl}/#/tasks`);
    await other.getByLabel("Username").fill(stack.username);
    await other.getByLabel("Password").fill(stack.password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.getByTestId("connection").getByText("Live", { exact: true }).waitFor();
    await other.locator(".task-rows[data-loaded=true]").waitFor();

    const tag = `t-${Date.now()}`;
    const id = await dash.submit("external", {}, tag);
    // A queued task has not changed yet: another tab hears of it with its first update.
    await report(id, { status: "processing" });
    await other.locator(`[data-task="${id}"]`).waitFor();

    const rows = () =>
      other.locator("[data-task]").evaluateAll((all) => all.map((row) => row.dataset.task));
    for (const text of [tag, id, id.slice(-12)]) {
      await other.getByRole("searchbox").fill(text);
      await other.waitForFunction(() => document.querySelectorAll("[data-task]").length === 1);
      assert.deepEqual(await rows(), [id]);
    }
    await other.getByLabel("Status").selectOption("completed");
    await other.getByText("No task matches").waitFor();
    await other.getByRole("button", { name: "Clear" }).click();
    await other.locator(`[data-task="${id}"]`).waitFor();
    await other.close();
  });
});
