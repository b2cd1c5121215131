import { describe, expect, it } from "vitest";
import { newcomers } from "./recent.ts";

describe("newcomers", () => {
  it("are new once, as long as they are among the last few", () => {
    const isNew = newcomers(2);
    expect(["a", "a", "b", "a"].map(isNew)).toEqual([true, false, true, false]);
    // A third one makes the first forgotten.
    expect(["c", "b", "a"].map(isNew)).toEqual([true, false, true]);
  });
});
