import { describe, expect, it } from "vitest";
import { aligned, BUCKETS, moved, rangeOf, scaled } from "./range";

const NOW = Date.parse("2026-05-01T12:34:56Z");
const buckets = ({ from, to, bucket }: ReturnType<typeof aligned>) => (to - from) / BUCKETS[bucket];

describe("the range of the charts", () => {
  it("has buckets that suit the window", () => {
    const shown = (["1h", "24h", "7d", "all"] as const).map((window) => rangeOf(window, NOW));
    expect(shown.map(({ bucket }) => bucket)).toEqual(["minute", "hour", "hour", "day"]);
    for (const range of shown) {
      expect(range.to).toBeGreaterThanOrEqual(NOW);
      expect(range.from % BUCKETS[range.bucket]).toBe(0);
    }
  });

  it("never has more buckets than the server allows, nor fewer than say something", () => {
    for (const span of [1, 60e3, 36e5, 864e5, 3e9, 4e10, 1e12]) {
      const count = buckets(aligned(NOW - span, NOW));
      expect(count).toBeGreaterThanOrEqual(5);
      expect(count).toBeLessThanOrEqual(1_500);
    }
  });

  it("is zoomed about its middle, and finer when closer", () => {
    const day = rangeOf("24h", NOW);
    const closer = scaled(scaled(day, 0.5, NOW), 0.5, NOW);
    expect(closer.bucket).toBe("minute");
    expect(Math.abs((closer.from + closer.to) / 2 - (day.from + day.to) / 2)).toBeLessThan(36e5);
  });

  it("does not go into the future", () => {
    const hour = rangeOf("1h", NOW);
    expect(moved(hour, 1, NOW).to).toBe(hour.to);
    expect(scaled(hour, 2, NOW).to).toBe(hour.to);
    expect(moved(hour, -1, NOW).to).toBeLessThan(NOW);
  });
});
