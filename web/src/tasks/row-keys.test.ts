import { expect, it } from "vitest";
import { rowFor } from "./row-keys";

it("keys move between rows and stay within them", () => {
  const from = (at: number) =>
    ["ArrowDown", "ArrowUp", "Home", "End"].map((key) => rowFor(key, at, 3));
  expect(from(0)).toEqual([1, 0, 0, 2]);
  expect(from(2)).toEqual([2, 1, 0, 2]);
  expect(rowFor("Enter", 1, 3)).toBeNull();
});
