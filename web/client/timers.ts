import type { Clock, TimerId } from "./ports.ts";

/** Timers by name: setting one replaces the last of that name. */
export class Timers<Name extends string> {
  readonly #clock: Clock;
  readonly #running = new Map<Name, TimerId>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(name: Name): boolean {
    return this.#running.has(name);
  }

  set(name: Name, ms: number, run: () => void): void {
    this.cancel(name);
    const timer = this.#clock.after(ms, () => {
      this.#running.delete(name);
      run();
    });
    this.#running.set(name, timer);
  }

  cancel(name: Name): void {
    if (!this.#running.has(name)) return;
    this.#clock.cancel(this.#running.get(name));
    this.#running.delete(name);
  }

  cancelAll(): void {
    for (const name of [...this.#running.keys()]) this.cancel(name);
  }
}
