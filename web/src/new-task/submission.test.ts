import { beforeEach, describe, expect, it } from "vitest";
import { SubmissionKeys } from "./submission";

const SERVICES = { kind: "aggregate", input: { group_by: ["service"] } };
const PATHS = { kind: "aggregate", input: { group_by: ["path"] } };

let now: number;
let keys: SubmissionKeys;

beforeEach(() => {
  let made = 0;
  now = 0;
  keys = new SubmissionKeys(
    () => `key-${++made}`,
    () => now,
  );
});

describe("the key of a submission", () => {
  it("stays while the submission is not confirmed", () => {
    expect(keys.of(SERVICES)).toBe("key-1");
    now = 3_600_000;
    expect(keys.of({ ...SERVICES })).toBe("key-1");
  });

  it("is a new one for the same task a moment after its confirmation", () => {
    keys.confirmed(keys.of(SERVICES));
    now = 999;
    const doubleClick = keys.of(SERVICES);
    expect(doubleClick).toBe("key-1");
    keys.confirmed(doubleClick);
    now = 1_000;
    expect(keys.of(SERVICES)).toBe("key-2");
  });

  it("is a new one for another task", () => {
    const first = keys.of(SERVICES);
    expect(keys.of(PATHS)).toBe("key-2");
    keys.confirmed(first);
    now = 1_000;
    expect(keys.of(PATHS), "a late confirmation ends only its own").toBe("key-2");
  });
});
