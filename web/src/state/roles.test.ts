import { describe, expect, it } from "vitest";
import { groupsOfToken } from "./roles";

const token = (claims: unknown) =>
  `head.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

describe("the groups of a token", () => {
  it("are those of its claims", () => {
    const claims = { sub: "é", "cognito:groups": ["operator", "notify"] };
    expect(groupsOfToken(token(claims))).toEqual(["operator", "notify"]);
  });

  it("may be told as one text", () => {
    expect(groupsOfToken(token({ "cognito:groups": "[operator notify]" }))).toEqual([
      "operator",
      "notify",
    ]);
  });

  it("are none where there are none, or no token", () => {
    expect(groupsOfToken(token({}))).toEqual([]);
    expect(groupsOfToken(token(null))).toEqual([]);
    for (const broken of ["", "a.b.c", "a.!!.c"]) expect(groupsOfToken(broken)).toEqual([]);
  });
});
