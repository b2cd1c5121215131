import { beforeEach, describe, expect, it } from "vitest";
import { Cognito } from "./cognito-api.ts";
import { FakePorts } from "./fakes.ts";
import { Session } from "./session.ts";

const settings = { cognitoEndpoint: "https://cognito.test/", userPoolClientId: "client" };
const tokens = (id: string, refresh?: string) => ({
  body: { AuthenticationResult: { IdToken: id, RefreshToken: refresh, ExpiresIn: 3600 } },
});
const refusal = (type: string, status = 400) => ({
  status,
  body: { __type: type, message: "Refused." },
});

let ports: FakePorts;
const session = () => new Session(new Cognito(settings, ports), ports);

beforeEach(() => {
  ports = new FakePorts();
  ports.server.on("InitiateAuth", ({ body }) => {
    const flow = (body as { AuthFlow: string }).AuthFlow;
    return flow === "USER_PASSWORD_AUTH" ? tokens("id-1", "refresh") : tokens("id-2");
  });
});

describe("the session", () => {
  it("signs in by password and keeps only the refresh token for the tab", async () => {
    const one = session();
    await one.signIn("ada", "secret");
    expect(ports.server.sent[0]?.body).toEqual({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: "client",
      AuthParameters: { USERNAME: "ada", PASSWORD: "secret" },
    });
    expect(one.state).toEqual({ status: "signed-in", username: "ada", expired: false });
    expect(JSON.parse(ports.kept ?? "")).toEqual({ username: "ada", refreshToken: "refresh" });
    expect(await one.token()).toBe("id-1");
  });

  it("names a wrong password", async () => {
    ports.server.on("InitiateAuth", () => refusal("NotAuthorizedException"));
    const attempt = session().signIn("ada", "wrong");
    await expect(attempt).rejects.toMatchObject({ code: "invalid_credentials" });
    expect(ports.kept).toBeNull();
  });

  it("says so when the account needs a further step", async () => {
    ports.server.on("InitiateAuth", () => ({ body: { ChallengeName: "NEW_PASSWORD_REQUIRED" } }));
    const attempt = session().signIn("ada", "secret");
    await expect(attempt).rejects.toMatchObject({ code: "challenge_required" });
  });

  it("renews a minute early, once for all who ask", async () => {
    const one = session();
    await one.signIn("ada", "secret");
    await ports.clock.advance(3_540_001);
    expect(await Promise.all([one.token(), one.token()])).toEqual(["id-2", "id-2"]);
    expect(ports.server.sent).toHaveLength(2);
  });

  it("survives a reload of the page", async () => {
    await session().signIn("ada", "secret");
    const reloaded = session();
    expect(reloaded.state.status).toBe("signed-in");
    expect(await reloaded.token()).toBe("id-2");
  });

  it("ends when the refresh token is refused, and tells", async () => {
    const one = session();
    await one.signIn("ada", "secret");
    const states: unknown[] = [];
    one.onChange((state) => states.push(state));
    ports.server.on("InitiateAuth", () => refusal("NotAuthorizedException"));
    await expect(one.renew()).rejects.toMatchObject({ code: "session_ended" });
    expect(states).toEqual([{ status: "signed-out", username: null, expired: true }]);
    expect(ports.kept).toBeNull();
  });

  it.each([
    ["the network is down", () => Promise.reject(new TypeError("down"))],
    ["Cognito is ill", () => refusal("InternalErrorException", 500)],
    ["Cognito is busy", () => refusal("TooManyRequestsException")],
  ])("goes on while %s", async (_, handler) => {
    const one = session();
    await one.signIn("ada", "secret");
    ports.server.on("InitiateAuth", handler);
    await expect(one.renew()).rejects.toHaveProperty("name", "NetworkError");
    expect(one.state.status).toBe("signed-in");
  });

  it("signs out here even if Cognito cannot be told", async () => {
    const one = session();
    await one.signIn("ada", "secret");
    await one.signOut();
    expect(one.state).toEqual({ status: "signed-out", username: null, expired: false });
    expect(ports.kept).toBeNull();
    await expect(one.token()).rejects.toMatchObject({ code: "session_ended" });
  });

  it("is not revived by a refresh that was under way at sign-out", async () => {
    const one = session();
    await one.signIn("ada", "secret");
    const renewal = one.renew();
    await one.signOut();
    await renewal;
    expect(one.state.status).toBe("signed-out");
    expect(ports.kept).toBeNull();
  });

  it("is not put off by rubbish in the store", () => {
    for (const rubbish of ["", "{", "null", "7", '{"username":1}']) {
      ports.kept = rubbish;
      expect(session().state.status).toBe("signed-out");
    }
  });
});
