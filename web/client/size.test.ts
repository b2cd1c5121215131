/** What a page has to load for the client. */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, it } from "vitest";

/** Bytes, gzipped. */
const LIMIT = 6_000;

it("is small", { timeout: 60_000 }, async () => {
  const entry = fileURLToPath(new URL("index.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: "strict",
        output: { minify: true },
      },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as {
    output: { code?: string; type: string }[];
  };
  expect(output).toHaveLength(1);
  const bytes = gzipSync(output[0]?.code ?? "", { level: 9 }).length;
  expect(bytes).toBeGreaterThan(2_000);
  expect(bytes).toBeLessThan(LIMIT);
});
