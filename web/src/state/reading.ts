/** One thing that is read from the server, again and again; the newest question's answer counts. */

import { signal } from "@preact/signals";
import { SessionEndedError, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";

export interface Reading<T> {
  readonly value: { readonly value: T | null };
  readonly busy: { readonly value: boolean };
  readonly error: { readonly value: Message | null };
  /** Reads; a failure is kept as `error`, beside the value read before. */
  read(ask: () => Promise<T>): Promise<void>;
  /** Changes what was read, as by the next page of it. */
  change(next: (value: T | null) => T | null): void;
  reset(): void;
}

export function createReading<T>(): Reading<T> {
  const value = signal<T | null>(null);
  const busy = signal(false);
  const error = signal<Message | null>(null);
  let round = 0;

  return {
    value,
    busy,
    error,
    async read(ask) {
      const mine = ++round;
      busy.value = true;
      try {
        const answer = await ask();
        if (mine !== round) return;
        value.value = answer;
        error.value = null;
      } catch (problem) {
        if (mine !== round || problem instanceof SessionEndedError) return;
        error.value = messageOf(toClientError(problem));
      } finally {
        if (mine === round) busy.value = false;
      }
    },
    change(next) {
      value.value = next(value.value);
    },
    reset() {
      round++;
      value.value = error.value = null;
      busy.value = false;
    },
  };
}
