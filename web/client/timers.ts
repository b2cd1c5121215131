import type { Clock, TimerId } from "./ports.ts";

/** Timers by name: setting one replaces the last of that name. */
export interface Timers<Name extends string> {
  has(name: Name): boolean;
  set(name: Name, ms: number, run: () => void): void;
  cancel(name: Name): void;
  cancelAll(): void;
}

export function createTimers<Name extends string>(clock: Clock): Timers<Name> {
  const running = new Map<Name, TimerId>();

  function cancel(name: Name): void {
    clock.cancel(running.get(name));
    running.delete(name);
  }

  return {
    cancel,
    has: (name) => running.has(name),
    set(name, ms, run) {
      cancel(name);
      const timer = clock.after(ms, () => {
        running.delete(name);
        run();
      });
      running.set(name, timer);
    },
    cancelAll() {
      for (const name of running.keys()) cancel(name);
    },
  };
}
