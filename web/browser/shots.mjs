/** The pictures in docs/images, of the built dashboard with the figures of fake/: `npm run shots`. */

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch } from "./client-page.mjs";
import { buildDist } from "./fake/dist.mjs";
import { FakeStack } from "./fake/server.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const WIDE = { width: 1360, height: 850 };
const PHONE = { width: 390, height: 780 };

const dist = await buildDist();
const stack = new FakeStack(dist.folder);
await stack.start();
await mkdir(FOLDER, { recursive: true });
const browser = await launch({ chromium: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium" });

const ended = stack.tasks.find(
  ({ kind, status }) => kind === "aggregate" && status === "completed",
);
const SHOTS = [
  ["overview", "#/overview", WIDE, "light", ".plot canvas >> nth=3"],
  ["overview-dark", "#/overview", WIDE, "dark", ".plot canvas >> nth=3"],
  ["task", `#/tasks/${ended.request_id}`, WIDE, "light", "[data-testid=result] table"],
  ["new-task", "#/new?kind=aggregate", WIDE, "dark", ".chips"],
  ["operators", "#/operators", { width: 1360, height: 900 }, "light", "[data-reason]"],
  ["phone", "#/tasks", PHONE, "light", "[data-task]"],
];

stack.rush(40);
for (const [name, hash, viewport, colorScheme, ready] of SHOTS) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(stack.url + hash);
  await page.getByRole("button", { name: "Use the demo account" }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByTestId("connection").getByText("Live", { exact: true }).waitFor();
  await page.locator(ready).first().waitFor();
  // The live line needs some seconds to be one.
  await page.waitForTimeout(name.startsWith("overview") ? 6_000 : 800);
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.close();
}
await browser.close();
await stack.stop();
await dist.remove();
