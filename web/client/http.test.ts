import { beforeEach, describe, expect, it } from "vitest";
import { FakePorts } from "./fakes.ts";
import { createHttp, type Http } from "./http.ts";

let ports: FakePorts;
let renewals: number;
let http: Http;

beforeEach(() => {
  ports = new FakePorts();
  renewals = 0;
  const session = {
    token: async () => "old",
    renew: async () => {
      renewals++;
      return "new";
    },
  };
  http = createHttp("https://api.test/stage/", session, ports);
});

describe("the HTTP API", () => {
  it("asks with the token and the query that was given", async () => {
    ports.server.on("GET /stage/tasks", () => ({ body: { tasks: [], next_cursor: null } }));
    await http.get("/tasks", { limit: 5, cursor: "a+b", tag: undefined });
    expect(ports.server.sent[0]).toMatchObject({
      path: "/stage/tasks?limit=5&cursor=a%2Bb",
      headers: { authorization: "Bearer old" },
    });
  });

  it("turns problem+json into a typed error", async () => {
    ports.server.on("POST /stage/tasks", () => ({
      status: 422,
      body: {
        title: "Invalid input",
        detail: "group_by: unknown field",
        code: "invalid_input",
        errors: [{ field: "input.group_by[1]", message: "must be service" }, "odd"],
      },
    }));
    await expect(http.post("/tasks", { kind: "aggregate", input: {} })).rejects.toMatchObject({
      name: "ApiError",
      status: 422,
      code: "invalid_input",
      title: "Invalid input",
      message: "group_by: unknown field",
      fields: [{ field: "input.group_by[1]", message: "must be service" }],
    });
  });

  it.each([
    [429, { message: "Too Many Requests" }, "too_many_requests", "Too Many Requests"],
    [503, "<html>", "unavailable", "The server answered 503"],
    [418, [], "http_418", "The server answered 418"],
  ])("finds a code for a refusal without one (%i)", async (status, body, code, title) => {
    ports.server.on("GET /stage/dashboard", () => ({ status, body }));
    await expect(http.get("/dashboard")).rejects.toMatchObject({ code, title });
  });

  it("renews the token once after a 401 and tries again", async () => {
    ports.server.on("GET /stage/dashboard", ({ headers }) =>
      headers.authorization === "Bearer new"
        ? { body: { user_count: 1 } }
        : { status: 401, body: { message: "Unauthorized" } },
    );
    await expect(http.get("/dashboard")).resolves.toEqual({ user_count: 1 });
    expect(renewals).toBe(1);
  });

  it("gives up on a second 401", async () => {
    ports.server.on("GET /stage/dashboard", () => ({ status: 401, body: {} }));
    await expect(http.get("/dashboard")).rejects.toMatchObject({ code: "unauthorized" });
    expect(ports.server.sent).toHaveLength(2);
  });

  it("tells a dead network, a late answer and a strange answer apart", async () => {
    ports.server.on("GET /stage/dashboard", () => Promise.reject(new TypeError("down")));
    await expect(http.get("/dashboard")).rejects.toMatchObject({ code: "network" });

    ports.server.on("GET /stage/dashboard", () => ({ body: "<html>" }));
    await expect(http.get("/dashboard")).rejects.toMatchObject({ code: "bad_response" });

    ports.fetch = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const late = expect(http.get("/dashboard")).rejects.toMatchObject({ code: "timeout" });
    await ports.clock.advance(30_000);
    await late;
    expect(ports.clock.pending).toBe(0);
  });
});
