import { describe, expect, it } from "vitest";
import {
  bucketStart,
  bytes,
  count,
  dollars,
  duration,
  elapsed,
  milliseconds,
  moment,
  percent,
  shortId,
} from "./format";

describe("format", () => {
  it("groups the digits of counts", () => {
    expect([0, 999, 1284, 1_000_000].map(count)).toEqual(["0", "999", "1,284", "1,000,000"]);
  });

  it("keeps one digit of small times and none of large ones", () => {
    expect([0, 8.25, 86.4312, 247.7829, 1284.4].map(milliseconds)).toEqual([
      "0.0",
      "8.3",
      "86.4",
      "248",
      "1,284",
    ]);
  });

  it("says durations in the unit that fits", () => {
    expect([-5, 0, 850, 1200, 59_940, 59_960, 185_000, 7_800_000].map(duration)).toEqual([
      "0 ms",
      "0 ms",
      "850 ms",
      "1.2 s",
      "59.9 s",
      "1 min 0 s",
      "3 min 5 s",
      "2 h 10 min",
    ]);
    expect([-1, 400, 1500, 61_000].map(elapsed)).toEqual(["0 s", "0 s", "2 s", "1 min 1 s"]);
  });

  it("says sizes, costs and shares", () => {
    expect([0, 999, 1_500, 734_003_200, 5e15].map(bytes)).toEqual([
      "0 B",
      "999 B",
      "1.5 kB",
      "734.0 MB",
      "5,000.0 TB",
    ]);
    expect([0, 0.000_012_3, 0.01, 12.5].map(dollars)).toEqual([
      "$0.00",
      "$0.000012",
      "$0.01",
      "$12.50",
    ]);
    expect([0, 0.1254, 1].map(percent)).toEqual(["0 %", "12.5 %", "100 %"]);
  });

  it("adds the day to moments before today", () => {
    const now = new Date(2026, 4, 12, 15, 0).getTime();
    expect(moment(new Date(2026, 4, 12, 14, 3, 22).toISOString(), now)).toBe("14:03:22");
    expect(moment(new Date(2026, 4, 11, 14, 3).toISOString(), now)).toBe("11 May, 14:03");
    expect(moment("soon", now)).toBe("");
  });

  it("says buckets in UTC", () => {
    expect(bucketStart("2017-05-16T00:00:00Z", true)).toBe("2017-05-16");
    expect(bucketStart("2017-05-16T00:00:00Z", false)).toBe("2017-05-16 00:00");
    expect(bucketStart("later", true)).toBe("later");
  });

  it("shortens ids to the part that differs", () => {
    expect(shortId("019b7c3a-1c00-7abc-8def-0123456789ab")).toBe("456789ab");
  });
});
