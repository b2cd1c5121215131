import { describe, expect, it } from "vitest";
import { checkConfig, loadConfig } from "./config";

const good = { httpUrl: "https://a", cognitoEndpoint: "https://c", userPoolClientId: "x" };
const answer =
  (body: string, status = 200) =>
  async () =>
    new Response(body, { status });

describe("the runtime configuration", () => {
  it("is taken as it is when complete", async () => {
    expect(await loadConfig(answer(JSON.stringify(good)))).toEqual(good);
  });

  it("says what is missing", () => {
    expect(() => checkConfig({ ...good, httpUrl: "" })).toThrow("lacks httpUrl");
    expect(() => checkConfig(null)).toThrow("httpUrl, cognitoEndpoint, userPoolClientId");
  });

  it("says why it could not be loaded", async () => {
    const refused = answer('{"detail":"ADOLOGY_WEB_CONFIG names no file."}', 404);
    await expect(loadConfig(refused)).rejects.toThrow("names no file");
    await expect(loadConfig(answer("<html>", 403))).rejects.toThrow("403");
    await expect(loadConfig(() => Promise.reject(new TypeError()))).rejects.toThrow("loaded");
  });
});
