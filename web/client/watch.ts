/** One task's updates, as callbacks and as an async iterator. */

import type { Update } from "./channel.ts";
import { type ClientError, LocalError } from "./errors.ts";
import { isTerminal } from "./frames.ts";
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
export interface Watch extends AsyncIterable<Update> {
  /** Nothing comes afterwards; an iteration ends. */
  stop(): void;
  /** The last update, when the task has ended. Rejects if the watch ends before. */
  finished(): Promise<Update>;
}

/** `own`: whether the user's own subscription covers the task. */
export function createWatch(
  stream: Pick<Stream, "follow">,
  requestId: string,
  own: boolean,
  { from = 0, onUpdate, onEnd, onError }: WatchOptions,
): Watch {
  const queue: Update[] = [];
  /** Those who wait for a change. */
  const waiting: (() => void)[] = [];
  let latest: Update | null = null;
  let error: ClientError | null = null;
  let ended = false;

  const leave = stream.follow(requestId, {
    last: from,
    own,
    take(update) {
      latest = update;
      queue.push(update);
      const ends = isTerminal(update.status);
      if (ends) stop();
      else wake();
      onUpdate?.(update);
      if (ends) onEnd?.(update);
    },
    fail(reason) {
      error = reason;
      stop();
      onError?.(reason);
    },
  });

  function wake(): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  const change = () => new Promise<void>((resolve) => waiting.push(resolve));

  function stop(): void {
    ended = true;
    leave();
    wake();
  }

  return {
    stop,
    async finished() {
      while (!ended) await change();
      if (latest && isTerminal(latest.status)) return latest;
      throw error ?? new LocalError("closed");
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const update = queue.shift();
          if (update) yield update;
          else if (error) throw error;
          else if (ended) return;
          else await change();
        }
      } finally {
        stop();
      }
    },
  };
}
