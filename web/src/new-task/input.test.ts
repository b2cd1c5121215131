import { describe, expect, it } from "vitest";
import { chosen, fromLocal, parseInput, toLocal, withField, wordsOf } from "./input";

describe("an input", () => {
  it("holds what is given, and nothing else", () => {
    expect(withField({ a: 1 }, "b", 0)).toEqual({ a: 1, b: 0 });
    expect(withField({ a: 1 }, "a", false)).toEqual({ a: false });
    for (const blank of [undefined, "", []]) expect(withField({ a: 1 }, "a", blank)).toEqual({});
  });

  it("holds one of the alternatives", () => {
    const input = { documents: [1], upload_id: "u", language: "en" };
    expect(chosen(input, ["documents", "upload_id", "query"], "upload_id")).toEqual({
      upload_id: "u",
      language: "en",
    });
  });

  it("can be written as JSON", () => {
    expect(parseInput('{"a":1}')).toEqual({ input: { a: 1 } });
    expect(parseInput("{a:1}")).toEqual({ error: "badJson" });
    for (const text of ["1", "null", "[]", '"x"']) {
      expect(parseInput(text)).toEqual({ error: "notAnObject" });
    }
  });

  it("takes words between commas", () => {
    expect(wordsOf(" a, b ,,c ")).toEqual(["a", "b", "c"]);
    expect(wordsOf(" ")).toEqual([]);
  });

  it("takes moments in the time of this place", () => {
    const utc = fromLocal("2026-05-01T12:30");
    expect(utc).toMatch(/^2026-0[45]-.*Z$/);
    expect(toLocal(utc)).toBe("2026-05-01T12:30");
    expect(fromLocal("")).toBeUndefined();
    expect([toLocal(undefined), toLocal("soon")]).toEqual(["", ""]);
  });
});
