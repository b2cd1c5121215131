/** Lines that are searched, and the newest of them read again when there is cause to. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { PageClient as Client } from "../../client/page";
import { type LogLine, type LogPage, type LogQuery, type LogType, readLogs } from "../api/logs";
import type { Clock } from "../state/ports";
import type { Pulse } from "../state/pulse";
import { createReading } from "../state/reading";
import { createTail, MOST_LIVE, newestFirst } from "./tail";

/** Whoever types does not ask at every letter. */
const TYPING_MS = 300;
/** Lines that are shown: as many as the tail keeps. */
const MOST_LINES = MOST_LIVE;

interface Ports {
  client: Pick<Client, "realtime" | "connect"> & { http: Pick<Client["http"], "get"> };
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
  const live = signal(true);
  const tail = createTail({ client, clock }, () => query.peek());
  /** How many lines the last reading brought that were not there before. */
  const fresh = signal(0);
  const asked = computed(() => JSON.stringify(query.value));
  /** Whether new lines can come as they are stored. */
  const streams = computed(() => query.value.type === "log" && query.value.to === "");
  const level = computed(() => query.value.level);
  const page = computed(() => value.value && withLive(tail.lines.value, value.value));

  const begin = () => {
    fresh.value = 0;
    tail.clear();
    return read(() => readLogs(client.http, query.peek(), null));
  };

  /** The newest page, before what is shown. */
  const refresh = () => {
    const known = value.value;
    if (!known) return begin();
    return read(async () => {
      const newest = await readLogs(client.http, query.peek(), null);
      tail.leftOut.value = 0;
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
  const unfollow = effect(() => {
    if (!live.value || !streams.value) return;
    tail.start(level.value);
    return tail.stop;
  });
  const quiet = pulse.onBeat(() => {
    if (live.value && !streams.value) void refresh();
  });
  let away = false;
  const unheard = client.realtime.onState(({ name }) => {
    // What was stored meanwhile is told by nobody.
    if (name === "open" && away && live.value && streams.value) void refresh();
    away = name !== "open";
  });

  return {
    page,
    busy,
    error,
    live,
    streams,
    tail,
    fresh,
    refresh,
    more,
    close() {
      for (const end of [stop, unfollow, quiet, unheard]) end();
    },
  };
}

export type Logs = ReturnType<typeof createLogs>;

/** A page of lines, and whether there are more than are shown. */
export interface ShownPage extends LogPage {
  cut: boolean;
}

/** What has come since before what was read, each line once. */
export function withLive(live: readonly LogLine[], read: LogPage): ShownPage {
  const known = new Set(read.lines.map(({ id }) => id));
  const unseen = live.filter(({ id }) => !known.has(id));
  // Lines that came by themselves may be older than those read since.
  const lines = unseen.length === 0 ? read.lines : newestFirst([...unseen, ...read.lines]);
  if (lines.length <= MOST_LINES) return { ...read, lines, cut: false };
  // A cursor leads on from the last line that was read, not from the last one shown.
  return { lines: lines.slice(0, MOST_LINES), nextCursor: null, cut: true };
}

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
