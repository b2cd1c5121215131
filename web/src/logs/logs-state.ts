/** Lines that are searched, and the newest of them read again when there is cause to. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { PageClient as Client } from "../../client/page";
import { type LogPage, type LogQuery, type LogType, readLogs } from "../api/logs";
import type { Clock } from "../state/ports";
import type { Pulse } from "../state/pulse";
import { createReading } from "../state/reading";

/** Whoever types does not ask at every letter. */
const TYPING_MS = 300;
/** Older ones are dropped while following. */
const MOST_LINES = 1_000;

interface Ports {
  client: { http: Pick<Client["http"], "get"> };
  pulse: Pulse;
  clock: Clock;
}

/** Reads what the address says; what is not said does not narrow. */
export function readQuery(query: Readonly<Record<string, string>>): LogQuery {
  const type: LogType = query.type === "request" ? "request" : "log";
  const [level, status] = type === "log" ? [query.level, ""] : ["", query.status];
  return {
    type,
    level: level ?? "",
    status: status ?? "",
    service: query.service ?? "",
    text: query.text ?? "",
    from: query.from ?? "",
    to: query.to ?? "",
  };
}

export function createLogs({ client, pulse, clock }: Ports, query: ReadonlySignal<LogQuery>) {
  const { value, busy, error, read } = createReading<LogPage>();
  const following = signal(true);
  /** How many lines the last reading brought that were not there before. */
  const fresh = signal(0);
  const asked = computed(() => JSON.stringify(query.value));

  const begin = () => {
    fresh.value = 0;
    return read(() => readLogs(client.http, query.peek(), null));
  };

  /** The newest page, before what is shown. */
  const refresh = () => {
    const known = value.value;
    if (!known) return begin();
    return read(async () => {
      const newest = await readLogs(client.http, query.peek(), null);
      const merged = joined(newest, known);
      fresh.value = merged.fresh;
      return merged.page;
    });
  };

  const more = () => {
    const known = value.value;
    if (!known?.nextCursor) return Promise.resolve();
    return read(async () => {
      const page = await readLogs(client.http, query.peek(), known.nextCursor);
      return { lines: [...known.lines, ...page.lines], nextCursor: page.nextCursor };
    });
  };

  let first = true;
  const stop = effect(() => {
    asked.value;
    const timer = clock.after(first ? 0 : TYPING_MS, () => void begin());
    first = false;
    return () => clock.cancel(timer);
  });
  const quiet = pulse.onBeat(() => {
    if (following.value) void refresh();
  });

  return {
    page: value,
    busy,
    error,
    following,
    fresh,
    refresh,
    more,
    close() {
      stop();
      quiet();
    },
  };
}

export type Logs = ReturnType<typeof createLogs>;

/**
 * The newest page before the known lines. Where they do not meet, more has come than a page holds:
 * the newest page then stands alone, and its cursor leads to what lies between.
 */
export function joined(newest: LogPage, known: LogPage): { page: LogPage; fresh: number } {
  const ids = new Set(known.lines.map(({ id }) => id));
  const unseen = newest.lines.filter(({ id }) => !ids.has(id));
  const meets = unseen.length < newest.lines.length || newest.nextCursor === null;
  if (!meets) return { page: newest, fresh: unseen.length };
  const lines = [...unseen, ...known.lines];
  if (lines.length <= MOST_LINES) {
    return { page: { lines, nextCursor: known.nextCursor }, fresh: unseen.length };
  }
  return { page: newest, fresh: unseen.length };
}
