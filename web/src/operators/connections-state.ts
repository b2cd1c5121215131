/** Who is connected, read again whenever their number changes. */

import { computed, effect } from "@preact/signals";
import type { PageClient as Client } from "../../client/page";
import { type Connections, readConnections, type System } from "../api/operations";
import { createReading } from "../state/reading";

interface Ports {
  client: { http: Pick<Client["http"], "get"> };
  system: { readonly value: System | null };
}

export function createConnections({ client, system }: Ports) {
  const { value, busy, error, read } = createReading<Connections>();
  const refresh = () => read(() => readConnections(client.http));
  const open = computed(() => system.value?.open);
  const close = effect(() => {
    open.value;
    void refresh();
  });
  return { value, busy, error, refresh, close };
}

export type ConnectionsState = ReturnType<typeof createConnections>;
