import { defineConfig } from "vitest/config";
import { runtimeConfig } from "./vite/runtime-config.ts";

export default defineConfig({
  // Two checkouts, or two users of one, keep their caches apart.
  cacheDir: process.env.ADOLOGY_WEB_CACHE ?? "node_modules/.vite",
  plugins: [runtimeConfig()],
  build: {
    target: "es2022",
    // The first that know light-dark(): colours then need no second style sheet.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // One origin serves all: nothing is inlined, so that a strict CSP holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ["client/**/*.test.ts", "src/**/*.test.{ts,tsx}", "vite/**/*.test.ts"],
    environment: "node",
  },
});
