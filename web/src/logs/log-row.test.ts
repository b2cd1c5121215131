import { describe, expect, it } from "vitest";
import { pieces } from "./highlight";
import { weightOf } from "./log-row";

describe("a line of the log", () => {
  it("marks what was searched for, whatever that is", () => {
    expect(pieces("Pay (pay) payee", "pay")).toEqual([
      { text: "Pay", hit: true },
      { text: " (", hit: false },
      { text: "pay", hit: true },
      { text: ") ", hit: false },
      { text: "pay", hit: true },
      { text: "ee", hit: false },
    ]);
    expect(pieces("a.b(c", ".b(")).toContainEqual({ text: ".b(", hit: true });
    expect(pieces("x", " ")).toEqual([{ text: "x", hit: false }]);
  });

  it("says how bad it is", () => {
    expect(["error", "503", "WARN", "404", "200", "info", ""].map(weightOf)).toEqual([
      "bad",
      "bad",
      "warn",
      "warn",
      "good",
      "plain",
      "plain",
    ]);
  });
});
