import { computed, effect, signal } from "@preact/signals";
import { type PageClient as Client, SessionEndedError, type TaskDetail } from "../../client/page";
import { type Message, messageOf } from "../message";
import type { Router } from "../shell/router";

/** The task that is looked at. Its id is in the address, so that it survives a reload. */
export function createSelection(client: Pick<Client, "open">, router: Router) {
  const id = computed(() => {
    const route = router.route.value;
    return route.page === "tasks" ? route.id : null;
  });
  const detail = signal<TaskDetail | null>(null);
  const error = signal<Message | null>(null);
  const active = signal(false);

  effect(() => {
    detail.value = error.value = null;
    if (!active.value || id.value === null) return undefined;
    return client.open(id.value, {
      onDetail: (next) => {
        detail.value = next;
        error.value = null;
      },
      onError: (problem) => {
        if (!(problem instanceof SessionEndedError)) error.value = messageOf(problem);
      },
    });
  });

  /** The filters stay. */
  function close(): void {
    const { page, query } = router.route.peek();
    if (page === "tasks") router.go("tasks", null, query);
  }

  return { id, detail, error, active, close };
}

export type Selection = ReturnType<typeof createSelection>;
