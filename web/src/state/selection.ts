import { effect, signal } from "@preact/signals";
import { type PageClient as Client, SessionEndedError, type TaskDetail } from "../../client/page";
import { type Message, messageOf } from "../message";

const PATTERN = /^#\/tasks\/(.+)$/;

export function taskHref(requestId: string): string {
  return `#/tasks/${encodeURIComponent(requestId)}`;
}

function selectedIn(hash: string): string | null {
  const found = PATTERN.exec(hash)?.[1];
  return found ? decodeURIComponent(found) : null;
}

/** The task that is looked at. Its id is in the address, so that it survives a reload. */
export function createSelection(client: Client) {
  const id = signal(selectedIn(location.hash));
  const detail = signal<TaskDetail | null>(null);
  const error = signal<Message | null>(null);
  const active = signal(false);

  addEventListener("hashchange", () => {
    id.value = selectedIn(location.hash);
  });

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

  function close(): void {
    history.pushState(null, "", location.pathname + location.search);
    id.value = null;
  }

  return { id, detail, error, active, close };
}

export type Selection = ReturnType<typeof createSelection>;
