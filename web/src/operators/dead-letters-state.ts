/** The dead letters of one queue, looked at again whenever their number changes; and their way back. */

import { computed, effect, signal } from "@preact/signals";
import { type PageClient as Client, SessionEndedError, toClientError } from "../../client/page";
import {
  type DeadGroup,
  type DeadLetters,
  type Redriven,
  readDeadLetters,
  redrive,
  type System,
} from "../api/operations";
import { type Message, messageOf } from "../message";
import { createReading } from "../state/reading";

/** Queues that have dead letters of their own. Those of urgent tasks lie with those of all. */
export const DEAD_QUEUES = ["work", "updates", "callbacks"] as const;
export type DeadQueue = (typeof DEAD_QUEUES)[number];

/** Most tasks that one redrive can name. */
const MOST_NAMED = 100;

/** What is to be sent on its way again: one group, or all letters of the queue. */
export interface Wish {
  group: DeadGroup | null;
  count: number;
}

interface Ports {
  client: { http: Pick<Client["http"], "get" | "post"> };
  system: { readonly value: System | null };
  /** The figures have changed. */
  changed: () => void;
}

export function createDeadLetters({ client, system, changed }: Ports) {
  const { value, busy, error, read, reset } = createReading<DeadLetters>();
  const queue = signal<DeadQueue>("work");
  /** What the user is asked to confirm. */
  const wish = signal<Wish | null>(null);
  const outcome = signal<Redriven | null>(null);
  const failure = signal<Message | null>(null);
  const sending = signal(false);

  const look = () => read(() => readDeadLetters(client.http, queue.peek()));

  const choose = (name: DeadQueue) => {
    if (name === queue.peek()) return;
    wish.value = outcome.value = failure.value = null;
    reset();
    queue.value = name;
  };

  const send = async () => {
    const wanted = wish.peek();
    if (!wanted || sending.peek()) return;
    sending.value = true;
    outcome.value = failure.value = null;
    try {
      outcome.value = await redrive(client.http, queue.peek(), idsOf(wanted.group));
      wish.value = null;
      await look();
      changed();
    } catch (problem) {
      if (!(problem instanceof SessionEndedError))
        failure.value = messageOf(toClientError(problem));
    } finally {
      sending.value = false;
    }
  };

  const dead = computed(() => system.value?.queues.find(({ name }) => name === queue.value)?.dead);
  const stop = effect(() => {
    queue.value;
    dead.value;
    void look();
  });

  return {
    value,
    busy,
    error,
    queue,
    wish,
    outcome,
    failure,
    sending,
    look,
    choose,
    send,
    close: stop,
  };
}

export type DeadLettersState = ReturnType<typeof createDeadLetters>;

/** Null for all. */
function idsOf(group: DeadGroup | null): string[] | null {
  if (!group) return null;
  const named = group.letters.flatMap(({ requestId }) => requestId ?? []);
  return [...new Set(named)].slice(0, MOST_NAMED);
}

/** A group can be redriven by itself where its letters name tasks. */
export function canBeNamed(group: DeadGroup): boolean {
  return group.letters.every(({ requestId }) => requestId !== null);
}
