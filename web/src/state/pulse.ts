/**
 * Tells pages when to read again what no stream carries: after one's own tasks have changed, at
 * most so often, and after an absence. Nothing ticks: without an update there is no reading.
 */

import type { TaskFeed } from "../../client/page";
import { type Clock, createListeners } from "./ports";

export const PULSE_MS = 5_000;

export interface Pulse {
  onBeat(callback: () => void): () => void;
}

interface PulsePorts {
  clock: Clock;
  /** Whether somebody may be looking. */
  visible: () => boolean;
  onVisible: (callback: () => void) => void;
}

export function createPulse(
  feed: Pick<TaskFeed, "onUpdate" | "onReload">,
  { clock, visible, onVisible }: PulsePorts,
  everyMs = PULSE_MS,
): Pulse {
  const beats = createListeners<void>();
  let last = Number.NEGATIVE_INFINITY;
  /** What to tell is being held back. */
  let waiting = false;
  let missed = false;
  let loads = 0;

  const beat = () => {
    waiting = false;
    missed = !visible();
    if (missed) return;
    last = clock.now();
    beats.emit();
  };

  feed.onUpdate(() => {
    if (waiting) return;
    const due = last + everyMs - clock.now();
    if (due <= 0) return beat();
    waiting = true;
    clock.after(due, beat);
  });
  // The first load is the beginning: all that is shown is being read anyway.
  feed.onReload(() => {
    if (loads++ > 0) beat();
  });
  onVisible(() => {
    if (missed) beat();
  });

  return { onBeat: (callback) => beats.add(callback) };
}
