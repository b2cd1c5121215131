/** Thin React hooks over the client. */

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { Update } from "./channel.ts";
import type { Client } from "./client.ts";
import type { ConnectionState } from "./connection.ts";
import type { ClientError } from "./errors.ts";
import { createListeners } from "./listeners.ts";
import type { PageClient } from "./page.ts";
import type { TaskList } from "./tasks.ts";

export interface TaskState {
  /** The newest update; null until the first. */
  update: Update | null;
  error: ClientError | null;
}

const NOTHING: TaskState = { update: null, error: null };

/** The newest update of a task, followed to its end; `null` for no task. */
export function useTask(client: Pick<Client, "watch">, requestId: string | null): TaskState {
  const store = useMemo(() => taskStore(client, requestId), [client, requestId]);
  useEffect(() => store.open(), [store]);
  return useSyncExternalStore(store.subscribe, store.read, () => NOTHING);
}

/** The live list of tasks; `client.feed.start()` begins it. */
export function useTasks({ feed }: Pick<PageClient, "feed">): TaskList {
  const subscribe = useCallback((changed: () => void) => feed.onList(changed), [feed]);
  const read = () => feed.list;
  return useSyncExternalStore(subscribe, read, read);
}

/** Whether updates are arriving, and when the next try comes if they are not. */
export function useConnection(
  client: Pick<Client, "connection" | "onConnection">,
): ConnectionState {
  const subscribe = useCallback((changed: () => void) => client.onConnection(changed), [client]);
  const read = () => client.connection;
  return useSyncExternalStore(subscribe, read, read);
}

function taskStore(client: Pick<Client, "watch">, requestId: string | null) {
  const listeners = createListeners<void>();
  let state = NOTHING;
  const set = (next: TaskState) => {
    state = next;
    listeners.emit();
  };
  return {
    subscribe: (changed: () => void) => listeners.add(changed),
    read: () => state,
    open() {
      if (requestId === null) return undefined;
      const watch = client.watch(requestId, {
        onUpdate: (update) => set({ update, error: null }),
        onError: (error) => set({ ...state, error }),
      });
      return () => watch.stop();
    },
  };
}
