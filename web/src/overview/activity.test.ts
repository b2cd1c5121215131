import { describe, expect, it } from "vitest";
import { createCounts } from "./activity";

describe("counts by the second", () => {
  it("hold the last seconds and forget the others", () => {
    const counts = createCounts(4);
    for (const second of [10, 10, 12, 13]) counts.add(second);
    expect(counts.until(13)).toEqual([2, 0, 1, 1]);
    expect(counts.until(14)).toEqual([0, 1, 1, 0]);
    counts.add(17);
    expect(counts.until(17)).toEqual([0, 0, 0, 1]);
    expect(counts.until(100)).toEqual([0, 0, 0, 0]);
  });
});
