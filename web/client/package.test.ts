/** The package as others get it: built, resolved by its exports, its README's examples compiled. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = join(here, "..");
const tsc = join(web, "node_modules/typescript/bin/tsc");
let place: string;

/** A project beside this one that has installed the package. */
beforeAll(() => {
  place = mkdtempSync(join(web, "node_modules/.package-"));
  const target = join(place, "node_modules/@adology/client");
  mkdirSync(target, { recursive: true });
  execFileSync("node", [
    tsc,
    "-p",
    join(here, "tsconfig.build.json"),
    "--outDir",
    join(target, "dist"),
  ]);
  writeFileSync(join(target, "package.json"), readFileSync(join(here, "package.json")));
  symlinkSync(join(web, "node_modules/react"), join(place, "node_modules/react"));
  writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
}, 120_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

const run = (file: string) =>
  execFileSync("node", [file], { cwd: place, encoding: "utf8", stdio: "pipe" });

describe("the package", () => {
  it("is found by its exports in Node", () => {
    const lines = ["", "/cognito", "/logs", "/operators", "/page", "/react"].map(
      (entry) => `console.log(Object.keys(await import("@adology/client${entry}")).join());`,
    );
    writeFileSync(join(place, "entries.js"), lines.join("\n"));
    const [index, cognito, logs, operators, page, react] = run("entries.js").trim().split("\n");
    expect(index).toContain("createClient");
    expect(cognito).toContain("createSession");
    expect(logs).toContain("watchLogs");
    expect(operators).toContain("watchSystem");
    expect(operators).toContain("watchOperators");
    expect(page).toContain("PageClient");
    expect(react).toContain("useTask");
  });

  it("has examples that compile for those who resolve as Node does", { timeout: 120_000 }, () => {
    const readme = readFileSync(join(here, "README.md"), "utf8");
    const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((found) => found[1] ?? "");
    expect(examples).toHaveLength(5);
    // `ws` brings no types of its own.
    writeFileSync(
      join(place, "ws.d.ts"),
      'declare module "ws" { export class WebSocket { constructor(url: string, protocols: string[]); } }',
    );
    for (const [i, example] of examples.entries()) {
      writeFileSync(join(place, `example-${i}.ts`), `${example}\nexport {};\n`);
    }
    writeFileSync(
      join(place, "mistake.ts"),
      'import { createClient } from "@adology/client";\n' +
        "// @ts-expect-error: the types are there, so this is a mistake.\n" +
        'createClient({ httpUrl: "", token: async () => "" }).submit({ kin: "aggregate" });\n',
    );
    const compilerOptions = {
      module: "NodeNext",
      target: "ES2022",
      strict: true,
      noEmit: true,
      types: ["node"],
      lib: ["ES2022", "DOM", "DOM.Iterable"],
    };
    const project = { compilerOptions, include: ["*.ts"] };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify(project));
    let complaints = "";
    try {
      execFileSync("node", [tsc, "-p", place], { encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      complaints = (error as { stdout: string }).stdout;
    }
    expect(complaints).toBe("");
  });
});
