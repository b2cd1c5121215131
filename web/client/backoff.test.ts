import { describe, expect, it } from "vitest";
import { delayMs } from "./backoff.ts";

describe("backoff", () => {
  it("doubles its ceiling with every failure, up to the maximum", () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((n) => delayMs(n, 1));
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("spreads over the upper three quarters and never comes back at once", () => {
    expect(delayMs(1, 0)).toBe(125);
    expect(delayMs(1, 0.5)).toBe(313);
    expect(delayMs(20, 0)).toBe(7500);
  });
});
