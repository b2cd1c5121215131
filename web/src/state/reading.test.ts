import { describe, expect, it } from "vitest";
import { ApiError, SessionEndedError } from "../../client/page";
import { createReading } from "./reading";

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe("a reading", () => {
  it("takes the newest question's answer, whichever comes first", async () => {
    const reading = createReading<string>();
    const [old, young] = [deferred<string>(), deferred<string>()];
    const both = [reading.read(() => old.promise), reading.read(() => young.promise)];
    young.resolve("young");
    await both[1];
    expect(reading.busy.value).toBe(false);
    old.resolve("old");
    await both[0];
    expect(reading.value.value).toBe("young");
  });

  it("keeps what it had when the next one fails, and says so", async () => {
    const reading = createReading<string>();
    await reading.read(async () => "first");
    await reading.read(() => Promise.reject(new ApiError(503, {})));
    expect([reading.value.value, reading.error.value?.code]).toEqual(["first", "unavailable"]);
    await reading.read(async () => "second");
    expect([reading.value.value, reading.error.value]).toEqual(["second", null]);
  });

  it("says nothing of a session's end, which the page shows", async () => {
    const reading = createReading<string>();
    await reading.read(() => Promise.reject(new SessionEndedError()));
    expect(reading.error.value).toBeNull();
  });

  it("forgets all, also what is on its way", async () => {
    const reading = createReading<string>();
    const late = deferred<string>();
    const read = reading.read(() => late.promise);
    reading.reset();
    late.resolve("late");
    await read;
    expect([reading.value.value, reading.busy.value]).toEqual([null, false]);
  });
});
