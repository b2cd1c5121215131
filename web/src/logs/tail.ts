/** New lines as they come, the newest first; held back while somebody reads. */

import { signal } from "@preact/signals";
import { watchLogs } from "../../client/logs";
import type { PageClient as Client } from "../../client/page";
import { type LogLine, type LogQuery, readLine } from "../api/logs";
import type { Clock } from "../state/ports";

/** Older ones are dropped: nobody reads so many, and a page that stays open does not grow without end. */
export const MOST_LIVE = 2_000;
/** Lines that come within this time are shown together. */
export const GATHER_MS = 250;

interface Ports {
  client: Pick<Client, "realtime" | "connect">;
  clock: Clock;
}

/** `wanted` says what of a level's lines is to be seen. */
export function createTail({ client, clock }: Ports, wanted: () => LogQuery) {
  const lines = signal<readonly LogLine[]>([]);
  const held = signal(0);
  const leftOut = signal(0);
  let gathered: LogLine[] = [];
  let paused = false;
  let timer: unknown = null;
  let leave: (() => void) | null = null;

  function show(): void {
    timer = null;
    if (gathered.length > MOST_LIVE) {
      leftOut.value += gathered.length - MOST_LIVE;
      gathered = gathered.slice(-MOST_LIVE);
    }
    if (paused) {
      held.value = gathered.length;
      return;
    }
    held.value = 0;
    if (gathered.length === 0) return;
    lines.value = newestFirst([...gathered.splice(0), ...lines.value]).slice(0, MOST_LIVE);
  }

  function clear(): void {
    gathered = [];
    lines.value = [];
    held.value = leftOut.value = 0;
  }

  function stop(): void {
    leave?.();
    leave = null;
    if (timer !== null) clock.cancel(timer);
    timer = null;
  }

  return {
    lines,
    /** Lines that wait for the reader. */
    held,
    /** Lines that nobody sees here: too many came at once. */
    leftOut,
    /** Listens to one level, or to all where it is empty. */
    start(level: string): void {
      stop();
      leave = watchLogs(client, level || "*", (batch) => {
        leftOut.value += batch.leftOut;
        const query = wanted();
        gathered.push(...batch.lines.map(readLine).filter((line) => matches(line, query)));
        timer ??= clock.after(GATHER_MS, show);
      });
    },
    stop,
    clear,
    /** Whether somebody reads: the list stands still meanwhile. */
    pause(reading: boolean): void {
      if (paused === reading) return;
      paused = reading;
      if (!paused) show();
    },
  };
}

export type Tail = ReturnType<typeof createTail>;

/** By their own time, whenever they came; equal ones keep their order. */
export function newestFirst(lines: LogLine[]): LogLine[] {
  const at = new Map(lines.map((line) => [line, Date.parse(line.at) || 0]));
  return lines.sort((a, b) => (at.get(b) ?? 0) - (at.get(a) ?? 0));
}

/** As the search would find it. */
export function matches(line: LogLine, { service, text, from }: LogQuery): boolean {
  if (service !== "" && line.service !== service) return false;
  if (from !== "" && Date.parse(line.at) < Date.parse(from)) return false;
  return line.words.toLowerCase().includes(text.toLowerCase());
}
