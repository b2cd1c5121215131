/** Commands that are kept while the server cannot be reached, and sent in order when it can. */

import { delayMs } from "./backoff.ts";
import { LocalError, NetworkError } from "./errors.ts";
import { createListeners } from "./listeners.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import { createTimers } from "./timers.ts";

/** Sent again after a failure, it must do no more than sent once. */
export type Command<T> = () => Promise<T>;

export interface Outbox {
  /** How many commands wait. */
  readonly size: number;
  onSize(callback: (size: number) => void): Unsubscribe;
  /** Sends at once if it can; else the answer comes when the server is back. */
  run<T>(send: Command<T>): Promise<T>;
  /** There is reason to think that the server can be reached: sends what waits. */
  kick(): Promise<void>;
  /** Everything that waits is given up. */
  close(): void;
}

interface Entry {
  send: Command<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export function createOutbox(ports: Pick<Ports, "clock" | "random">, limit = 100): Outbox {
  const timers = createTimers<"retry">(ports.clock);
  const sizes = createListeners<number>();
  const queue: Entry[] = [];
  let failures = 0;
  let draining = false;

  function keep<T>(send: Command<T>): Promise<T> {
    if (queue.length >= limit) throw new LocalError("queue_full");
    return new Promise<T>((resolve, reject) => {
      queue.push({ send, resolve, reject });
      sizes.emit(queue.length);
      plan();
    });
  }

  /** Sees to it that what waits is tried again. */
  function plan(): void {
    if (draining || queue.length === 0 || timers.has("retry")) return;
    timers.set("retry", delayMs(++failures, ports.random()), kick);
  }

  async function kick(): Promise<void> {
    if (draining) return;
    draining = true;
    timers.cancel("retry");
    for (let entry = queue[0]; entry; entry = queue[0]) {
      try {
        entry.resolve((await entry.send()) as never);
      } catch (error) {
        if (isOffline(error)) break;
        entry.reject(error);
      }
      failures = 0;
      // A close meanwhile has emptied the queue.
      if (queue[0] === entry) queue.shift();
      sizes.emit(queue.length);
    }
    draining = false;
    plan();
  }

  return {
    get size() {
      return queue.length;
    },
    onSize: (callback) => sizes.add(callback),
    async run(send) {
      try {
        if (queue.length === 0) return await send();
      } catch (error) {
        if (!isOffline(error)) throw error;
      }
      return keep(send);
    },
    kick,
    close() {
      timers.cancelAll();
      for (const { reject } of queue.splice(0)) reject(new LocalError("closed"));
      sizes.emit(0);
    },
  };
}

/** Whether nothing was answered: only then may it help to wait. */
function isOffline(error: unknown): boolean {
  return error instanceof NetworkError && error.code !== "bad_response";
}
