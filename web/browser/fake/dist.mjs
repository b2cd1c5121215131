import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds the dashboard as it is deployed, into a folder of its own; `remove` takes it away again. */
export async function buildDist() {
  const folder = await mkdtemp(join(tmpdir(), "adology-dist-"));
  const root = fileURLToPath(new URL("../../", import.meta.url));
  await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
