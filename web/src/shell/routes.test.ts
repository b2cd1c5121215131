import { describe, expect, it } from "vitest";
import { hrefOf, PAGES, parseRoute } from "./routes";

describe("addresses", () => {
  it.each(PAGES)("lead to %s and back", (page) => {
    const query = { status: "failed", text: "a b&c=d?" };
    expect(parseRoute(hrefOf(page, "an/id", query))).toEqual({ page, id: "an/id", query });
    expect(parseRoute(hrefOf(page))).toEqual({ page, id: null, query: {} });
  });

  it("mean the overview when there is none", () => {
    for (const hash of ["", "#", "#/"]) expect(parseRoute(hash).page).toBe("overview");
  });

  it("may lead nowhere", () => {
    expect(parseRoute("#/settings").page).toBeNull();
  });

  it("may be broken", () => {
    expect(parseRoute("#/tasks/%E0%A4%A").id).toBe("%E0%A4%A");
  });

  it("leave out what is not given", () => {
    expect(hrefOf("tasks", null, { status: null, kind: "", text: "x" })).toBe("#/tasks?text=x");
  });
});
