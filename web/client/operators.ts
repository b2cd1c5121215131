/** For operators: a copy of every task that ends badly, of all tenants, and how the service stands. */

import type { Client } from "./client.ts";
import type { Json } from "./json.ts";
import type { Unsubscribe } from "./ports.ts";
import type { UpdateFrame } from "./protocol.ts";
import { newcomers } from "./recent.ts";

/** Copies that are remembered, to tell duplicates. */
const MOST_COPIES = 500;

/** Each copy comes once. Needs the scope `operator`; without it `onError` tells of `forbidden`. */
export function watchOperators(
  client: Pick<Client, "realtime" | "connect">,
  callback: (update: UpdateFrame) => void,
): Unsubscribe {
  const { realtime } = client;
  const isNew = newcomers(MOST_COPIES);
  const leave = realtime.stream.subscribe({ stream: "operators" });
  const quiet = realtime.on("update", (frame) => {
    if (frame.stream === "operators" && isNew(`${frame.request_id} ${frame.version}`))
      callback(frame);
  });
  client.connect();
  return () => {
    quiet();
    leave();
  };
}

/** What `GET /operators/system` answers, every minute. Needs the scope too. */
export function watchSystem(
  client: Pick<Client, "realtime" | "connect">,
  callback: (system: Json) => void,
): Unsubscribe {
  const { realtime } = client;
  const leave = realtime.stream.subscribe({ stream: "operators" });
  const quiet = realtime.on("unknown", ({ frame }) => {
    if (frame.type === "system") callback(frame);
  });
  client.connect();
  return () => {
    quiet();
    leave();
  };
}
