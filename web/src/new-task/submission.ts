/** Names submissions, so that a repeated one makes no second task. */

import type { NewTask } from "../../client/page";

/** The second click of a double click is no second task, though the first may be confirmed by then. */
const DOUBLE_CLICK_MS = 1_000;

export class SubmissionKeys {
  readonly #fresh: () => string;
  readonly #now: () => number;
  #open: { task: string; key: string; until: number } | null = null;

  constructor(fresh: () => string, now: () => number) {
    this.#fresh = fresh;
    this.#now = now;
  }

  /** The same key for the same task, however often it is sent, until it is confirmed. */
  of(task: NewTask | object): string {
    const text = JSON.stringify(task);
    const open = this.#open;
    if (open?.task === text && this.#now() < open.until) return open.key;
    const key = this.#fresh();
    this.#open = { task: text, key, until: Number.POSITIVE_INFINITY };
    return key;
  }

  /** From a moment after now on the same task is another one. */
  confirmed(key: string): void {
    const open = this.#open;
    if (open?.key === key) open.until = Math.min(open.until, this.#now() + DOUBLE_CLICK_MS);
  }
}
