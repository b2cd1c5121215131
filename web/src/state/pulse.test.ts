import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, update } from "../../client/fakes";
import type { UpdateFrame } from "../../client/page";
import { createListeners } from "./ports";
import { createPulse } from "./pulse";

let clock: FakeClock;
let seen: boolean;
let look: () => void;
let beats: number;
let updates = createListeners<UpdateFrame>();
let reloads = createListeners<void>();

beforeEach(() => {
  clock = new FakeClock();
  seen = true;
  beats = 0;
  updates = createListeners();
  reloads = createListeners();
  const feed = {
    onUpdate: (callback: (frame: UpdateFrame) => void) => updates.add(callback),
    onReload: (callback: () => void) => reloads.add(callback),
  };
  const onVisible = (callback: () => void) => {
    look = callback;
  };
  const pulse = createPulse(feed, { clock, visible: () => seen, onVisible }, 5_000);
  pulse.onBeat(() => beats++);
});

const busy = async (ms: number) => {
  for (let at = 0; at < ms; at += 100) {
    updates.emit(update(1, at));
    await clock.advance(100);
  }
};

describe("the pulse", () => {
  it("beats at once, and then no more than its rate allows", async () => {
    updates.emit(update(1, 1));
    expect(beats).toBe(1);
    await busy(20_000);
    expect(beats).toBe(5);
  });

  it("stands still without updates", async () => {
    updates.emit(update(1, 1));
    updates.emit(update(1, 2));
    await clock.advance(3_600_000);
    expect(beats, "the one held back came, and no other").toBe(2);
    expect(clock.pending).toBe(0);
  });

  it("waits until somebody looks", async () => {
    seen = false;
    await busy(20_000);
    expect(beats).toBe(0);
    seen = true;
    look();
    expect(beats).toBe(1);
    look();
    expect(beats).toBe(1);
  });

  it("beats after an absence, and not for the first list", () => {
    reloads.emit();
    expect(beats).toBe(0);
    reloads.emit();
    expect(beats).toBe(1);
  });
});
