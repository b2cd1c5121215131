import { computed, signal } from "@preact/signals";
import { type PageClient as Client, isTerminal, type TaskList } from "../../client/page";
import { type Message, messageOf } from "../message";
import { texts } from "../texts";

/** The live list, and what is said aloud of its changes. */
export function createTasks(client: Client) {
  const list = signal<TaskList>(client.feed.list);
  const error = signal<Message | null>(null);
  const announcement = signal("");

  client.feed.onList((next) => {
    announcement.value = endedSince(list.value, next) ?? announcement.value;
    list.value = next;
  });
  client.feed.onReload(() => {
    error.value = null;
  });
  client.feed.onError((problem) => {
    error.value = messageOf(problem);
  });

  /** The kinds that have been seen, for choosing one. */
  const kindsAsText = computed(() => {
    const seen = new Set(list.value.tasks.map((task) => task.kind).filter(Boolean));
    return JSON.stringify([...seen].sort());
  });
  // As a text first: who shows them is not drawn again as long as they stay the same.
  const kinds = computed<string[]>(() => JSON.parse(kindsAsText.value));

  return { list, error, announcement, kinds };
}

/** Says which task has just ended; the first load says nothing. */
export function endedSince(before: TaskList, after: TaskList): string | null {
  if (!before.loaded) return null;
  const running = new Map(
    before.tasks.filter((task) => !isTerminal(task.status)).map((task) => [task.request_id, task]),
  );
  const ended = after.tasks.find((task) => isTerminal(task.status) && running.has(task.request_id));
  return ended ? texts.tasks.announce(ended.kind, texts.status[ended.status]) : null;
}

export type Tasks = ReturnType<typeof createTasks>;
