/** What the page loads before it can be used, and what it loads in all. */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { beforeAll, expect, it } from "vitest";

/** Bytes, gzipped. */
const LIMIT = 150_000;
/** What a page without charts needs at most. */
const FIRST = 60_000;

interface Part {
  name: string;
  bytes: number;
  /** What it needs at once. */
  needs: string[];
}

let parts: Map<string, Part>;
let page: string;

beforeAll(async () => {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const built = await build({ root, logLevel: "error", build: { write: false } });
  if (Array.isArray(built) || !("output" in built)) throw new Error("one build was asked for");
  const files = built.output.map((file): Part => {
    const text = file.type === "chunk" ? file.code : file.source;
    const needs = file.type === "chunk" ? file.imports : [];
    return { name: file.fileName, bytes: gzipSync(text).length, needs };
  });
  parts = new Map(files.map((part) => [part.name, part]));
  const index = built.output.find(({ fileName }) => fileName === "index.html");
  page = index?.type === "asset" ? String(index.source) : "";
}, 60_000);

const sum = (all: Iterable<Part>) => [...all].reduce((total, { bytes }) => total + bytes, 0);

it("loads little in all, and less at first", () => {
  const first = new Set<Part>();
  const need = (name: string) => {
    const part = parts.get(name);
    if (!part || first.has(part)) return;
    first.add(part);
    part.needs.forEach(need);
  };
  for (const [, name = ""] of page.matchAll(/(?:src|href)="\/([^"]+)"/g)) need(name);
  expect(first.size).toBeGreaterThan(2);
  expect(sum(first)).toBeLessThan(FIRST);
  expect(sum(parts.values())).toBeLessThan(LIMIT);
});

it("has nothing inline that a strict policy would refuse", () => {
  expect(page).not.toMatch(/<style|style="|<script(?![^>]*\bsrc=)|\bon\w+="/);
});
