/** Commands that are kept while the server cannot be reached, and sent in order when it can. */

import { delayMs, RECONNECT } from "./backoff.ts";
import { LocalError, NetworkError } from "./errors.ts";
import { Listeners } from "./listeners.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import { Timers } from "./timers.ts";

/** Sent again after a failure, it must do no more than sent once. */
export type Command<T> = () => Promise<T>;

interface Entry {
  send: Command<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export class Outbox {
  readonly #ports: Pick<Ports, "clock" | "random">;
  readonly #limit: number;
  readonly #timers: Timers<"retry">;
  readonly #sizes = new Listeners<number>();
  readonly #queue: Entry[] = [];
  #failures = 0;
  #draining = false;

  constructor(ports: Pick<Ports, "clock" | "random">, limit: number) {
    this.#ports = ports;
    this.#limit = limit;
    this.#timers = new Timers(ports.clock);
  }

  /** How many commands wait. */
  get size(): number {
    return this.#queue.length;
  }

  onSize(callback: (size: number) => void): Unsubscribe {
    return this.#sizes.add(callback);
  }

  /** Sends at once if it can; else the answer comes when the server is back. */
  async run<T>(send: Command<T>): Promise<T> {
    if (this.#queue.length > 0) return this.#keep(send);
    try {
      return await send();
    } catch (error) {
      if (!isOffline(error)) throw error;
      return this.#keep(send);
    }
  }

  /** There is reason to think that the server can be reached. */
  kick(): void {
    if (!this.#draining && this.#queue.length > 0) void this.#drain();
  }

  /** Everything that waits is given up. */
  close(): void {
    this.#timers.cancelAll();
    for (const { reject } of this.#queue.splice(0)) {
      reject(new LocalError("closed", "The client was closed before this could be sent"));
    }
    this.#sizes.emit(0);
  }

  #keep<T>(send: Command<T>): Promise<T> {
    if (this.#queue.length >= this.#limit) {
      const title = "Too much waits to be sent";
      return Promise.reject(new LocalError("queue_full", title));
    }
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ send, resolve, reject });
      this.#sizes.emit(this.size);
      if (!this.#draining && !this.#timers.has("retry")) this.#wait();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    this.#timers.cancel("retry");
    let entry = this.#queue[0];
    while (entry) {
      try {
        this.#settled(entry, entry.resolve, (await entry.send()) as never);
      } catch (error) {
        if (isOffline(error)) break;
        this.#settled(entry, entry.reject, error);
      }
      entry = this.#queue[0];
    }
    this.#draining = false;
    if (this.#queue.length > 0) this.#wait();
  }

  #settled<V>(entry: Entry, settle: (value: V) => void, value: V): void {
    this.#failures = 0;
    // A close meanwhile has emptied the queue.
    if (this.#queue[0] === entry) this.#queue.shift();
    this.#sizes.emit(this.size);
    settle(value);
  }

  #wait(): void {
    const ms = delayMs(++this.#failures, this.#ports.random(), RECONNECT);
    this.#timers.set("retry", ms, () => this.kick());
  }
}

/** Whether nothing was answered: only then may it help to wait. */
function isOffline(error: unknown): boolean {
  return error instanceof NetworkError && error.code !== "bad_response";
}
