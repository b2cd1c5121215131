/** How the service stands: read once, then told by the stream every minute, and read again when a task fails. */

import { watchOperators, watchSystem } from "../../client/operators";
import type { PageClient as Client } from "../../client/page";
import { parseSystem, readSystem, type System } from "../api/operations";
import type { Clock } from "../state/ports";
import { createReading } from "../state/reading";

/** Tasks that fail together are one cause to look. */
export const LOOK_AFTER_MS = 2_000;

interface Ports {
  client: Pick<Client, "realtime" | "connect"> & { http: Pick<Client["http"], "get"> };
  clock: Clock;
}

export function createSystem({ client, clock }: Ports) {
  const { value, busy, error, read, change } = createReading<System>();
  let due: unknown = null;
  let away = false;

  const refresh = () =>
    read(async () => {
      const answer = await readSystem(client.http);
      return newer(value.value, answer);
    });

  const look = () => {
    due ??= clock.after(LOOK_AFTER_MS, () => {
      due = null;
      void refresh();
    });
  };

  const stops = [
    watchSystem(client, (told) => change((known) => newer(known, parseSystem(told)))),
    watchOperators(client, look),
    client.realtime.onState(({ name }) => {
      // What was told meanwhile is not told again.
      if (name === "open" && away) void refresh();
      away = name !== "open";
    }),
  ];
  void refresh();

  return {
    value,
    busy,
    error,
    refresh,
    close() {
      if (due !== null) clock.cancel(due);
      for (const stop of stops) stop();
    },
  };
}

export type SystemState = ReturnType<typeof createSystem>;

/** A message may come late, and so may an answer. */
function newer(known: System | null, told: System): System {
  return known && Date.parse(known.at) > Date.parse(told.at) ? known : told;
}
