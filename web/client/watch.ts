/** One task's updates, as callbacks and as an async iterator. */

import type { Update } from "./assembly.ts";
import { type ClientError, LocalError } from "./errors.ts";
import { isTerminal } from "./frames.ts";
import type { Unsubscribe } from "./ports.ts";
import type { Stream } from "./stream.ts";

export interface WatchOptions {
  /** Updates after this version; all that are kept by default. */
  from?: number;
  onUpdate?: (update: Update) => void;
  /** The last update: the task has ended. */
  onEnd?: (update: Update) => void;
  /** There is no such task, or the client was closed. Nothing comes afterwards. */
  onError?: (error: ClientError) => void;
}

/**
 * Ends with the task, or when it is stopped. Each version comes once and in order. Updates that
 * nobody has iterated over yet are kept; there is one iteration.
 */
export class Watch implements AsyncIterable<Update> {
  readonly #options: WatchOptions;
  readonly #queue: Update[] = [];
  #latest: Update | null = null;
  #ended = false;
  #error: ClientError | null = null;
  #notify: () => void = () => undefined;
  #changed = this.#next();
  #leave: Unsubscribe = () => undefined;

  constructor(
    stream: Stream,
    requestId: string,
    own: boolean,
    options: WatchOptions,
    stopped: () => void,
  ) {
    this.#options = options;
    const leave = stream.follow(requestId, {
      last: options.from ?? 0,
      own,
      take: (update) => this.#take(update),
      unknown: () => this.fail(new LocalError("task_not_found", "There is no such task")),
    });
    this.#leave = () => {
      leave();
      stopped();
    };
  }

  /** The newest update so far. */
  get latest(): Update | null {
    return this.#latest;
  }

  /** Nothing comes afterwards; an iteration ends. */
  stop(): void {
    this.#ended = true;
    this.#leave();
    this.#wake();
  }

  /** Ends the watch with an error. */
  fail(error: ClientError): void {
    if (this.#ended) return;
    this.#error = error;
    this.stop();
    this.#options.onError?.(error);
  }

  /** The last update, when the task has ended. Rejects if the watch ends before. */
  async finished(): Promise<Update> {
    while (!this.#ended) await this.#changed;
    if (this.#latest && isTerminal(this.#latest.status)) return this.#latest;
    throw this.#error ?? new LocalError("closed", "The watch was stopped before the task ended");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Update, void, undefined> {
    try {
      for (;;) {
        const update = this.#queue.shift();
        if (update) yield update;
        else if (this.#error) throw this.#error;
        else if (this.#ended) return;
        else await this.#changed;
      }
    } finally {
      this.stop();
    }
  }

  #take(update: Update): void {
    this.#latest = update;
    this.#queue.push(update);
    const ends = isTerminal(update.status);
    if (ends) this.stop();
    else this.#wake();
    this.#options.onUpdate?.(update);
    if (ends) this.#options.onEnd?.(update);
  }

  #wake(): void {
    this.#notify();
    this.#changed = this.#next();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#notify = resolve;
    });
  }
}
