import { signal } from "@preact/signals";
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

  return { list, error, announcement };
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
