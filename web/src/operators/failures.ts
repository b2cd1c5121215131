import { signal } from "@preact/signals";
import { watchOperators } from "../../client/operators";
import type { PageClient as Client, UpdateFrame } from "../../client/page";

/** What is kept: an outage fails more than anybody reads. */
const MOST = 200;

/** Tasks of all tenants that end badly, newest first, from the operators' stream. */
export function createFailures(client: Pick<Client, "realtime" | "connect">) {
  const list = signal<readonly UpdateFrame[]>([]);
  const close = watchOperators(client, (update) => {
    list.value = [update, ...list.value].slice(0, MOST);
  });

  function clear(): void {
    list.value = [];
  }

  return { list, clear, close };
}

export type Failures = ReturnType<typeof createFailures>;
