import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readConfig } from "./runtime-config.ts";

describe("/config.json of the dev server", () => {
  it("is the file that was named", async () => {
    const file = fileURLToPath(new URL("../package.json", import.meta.url));
    expect((await readConfig(file)).status).toBe(200);
  });

  it("says what is wrong otherwise", async () => {
    const none = await readConfig(undefined);
    expect(JSON.parse(none.body)).toMatchObject({ status: 404, code: "no_config" });
    expect((await readConfig("/no/such/file")).body).toMatch(/ENOENT/);
  });
});
