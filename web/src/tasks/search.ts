/** The live list, narrowed: what the feed has, and what the server finds besides. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import {
  type PageClient as Client,
  SessionEndedError,
  type TaskList,
  type TaskPage,
  toClientError,
} from "../../client/page";
import { reduce } from "../../client/tasks";
import { type Message, messageOf } from "../message";
import type { Clock } from "../state/ports";
import { type Filter, isEmpty, matches, type Question, questionOf } from "./filter";

const PAGE = 50;
/** Whoever types does not ask at every letter. */
const TYPING_MS = 250;

const NOTHING: TaskPage = { tasks: [], next_cursor: null };

interface SearchPorts {
  client: Pick<Client, "list" | "get"> & { feed: Pick<Client["feed"], "loadMore" | "onReload"> };
  clock: Clock;
}

export function createSearch(
  { client, clock }: SearchPorts,
  live: ReadonlySignal<TaskList>,
  filter: ReadonlySignal<Filter>,
) {
  /** What the server has answered to the question of now; null until it has. */
  const found = signal<TaskPage | null>(null);
  const error = signal<Message | null>(null);
  const busy = signal(false);
  let round = 0;

  const question = computed(() => JSON.stringify(questionOf(filter.value)));

  async function ask(asked: Question, cursor: string | null): Promise<TaskPage> {
    if ("list" in asked) return client.list({ ...asked.list, limit: PAGE, cursor });
    try {
      return { tasks: [await client.get(asked.id)], next_cursor: null };
    } catch (problem) {
      if (toClientError(problem).code === "task_not_found") return NOTHING;
      throw problem;
    }
  }

  /** Takes the answer, unless something else has been asked since. */
  async function take(answer: Promise<TaskPage>, known: TaskPage): Promise<void> {
    const mine = ++round;
    busy.value = true;
    try {
      const page = await answer;
      if (mine !== round) return;
      found.value = { ...page, tasks: [...known.tasks, ...page.tasks] };
      error.value = null;
    } catch (problem) {
      if (mine !== round || problem instanceof SessionEndedError) return;
      error.value = messageOf(toClientError(problem));
    } finally {
      if (mine === round) busy.value = false;
    }
  }

  async function begin(): Promise<void> {
    const asked: Question | null = JSON.parse(question.peek());
    if (asked) await take(ask(asked, null), NOTHING);
  }

  const shown = computed<TaskList>(() => {
    if (isEmpty(filter.value)) return live.value;
    const page = found.value ?? NOTHING;
    const all = reduce(live.value, { type: "page", page });
    const tasks = all.tasks.filter((task) => matches(task, filter.value));
    return { tasks, nextCursor: page.next_cursor, loaded: found.value !== null };
  });

  const stop = effect(() => {
    found.value = error.value = null;
    round++;
    busy.value = false;
    if (question.value === "null") return undefined;
    const timer = clock.after(TYPING_MS, () => void begin());
    return () => clock.cancel(timer);
  });
  const quiet = client.feed.onReload(() => void begin());

  async function loadMore(): Promise<void> {
    const asked: Question | null = JSON.parse(question.peek());
    if (!asked) return client.feed.loadMore();
    const known = found.value;
    if (known?.next_cursor) await take(ask(asked, known.next_cursor), known);
  }

  return {
    shown,
    error,
    busy,
    loadMore,
    close() {
      round++;
      stop();
      quiet();
    },
  };
}

export type Search = ReturnType<typeof createSearch>;
