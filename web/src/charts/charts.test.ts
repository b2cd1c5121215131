import { describe, expect, it } from "vitest";
import { faint, readoutOf, timeTicks, topOf } from "./options";
import { pathOf } from "./sparkline";

describe("a sparkline", () => {
  it("goes from zero to the highest, with gaps", () => {
    expect(pathOf([0, 10, null, 5], 90, 12)).toBe("M0 11L30 1M90 6");
    expect(pathOf([0, 0], 10, 12)).toBe("M0 11L10 11");
    expect(pathOf([1], 10, 12)).toBe("");
  });
});

describe("a chart", () => {
  it("has air above its highest, and a top where there is nothing", () => {
    expect(topOf(100)).toBeCloseTo(110);
    expect([topOf(null), topOf(0, 0.01)]).toEqual([1, 0.01]);
  });

  it("fills with a faint colour", () => {
    expect(faint("rgb(1, 2, 3)")).toBe("rgba(1, 2, 3, 0.13)");
  });

  it("tells the clock, and the day where it begins", () => {
    const at = (hour: number) => new Date(2026, 4, 12, hour, 30 * (hour % 2)).getTime() / 1000;
    expect(timeTicks([at(0), at(9)], 3_600)).toEqual(["12 May", "09:30"]);
    expect(timeTicks([at(0), at(2)], 86_400)).toEqual(["12 May", "12 May"]);
  });

  it("reads out what has a value", () => {
    const data: [number[], (number | null)[], (number | null)[]] = [[0], [1], [null]];
    const text = readoutOf(data, 0, [{}, { label: "Requests" }, { label: "p50" }], String);
    expect(text.split("\n").slice(1)).toEqual(["Requests: 1"]);
  });
});
