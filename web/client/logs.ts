/** New log lines of one's tenant, as they are stored. */

import type { Client } from "./client.ts";
import { isObject, type Json, text, whole } from "./json.ts";
import type { Unsubscribe } from "./ports.ts";
import { newcomers } from "./recent.ts";

/** Lines that are remembered, to tell repetitions. */
const MOST_LINES = 2_000;

/** What came together. */
export interface LogBatch {
  /** The lines with the fields that they were sent with, as they came: not always in order. */
  lines: Json[];
  /** How many lines were left out before these; the search has them. */
  leftOut: number;
}

/** Lines of one level, or of all (`*`), each once. What comes while there is no connection is not told. */
export function watchLogs(
  client: Pick<Client, "realtime" | "connect">,
  level: string,
  callback: (batch: LogBatch) => void,
): Unsubscribe {
  const { realtime } = client;
  const isNew = newcomers(MOST_LINES);
  const leave = realtime.stream.subscribe({ logs: level });
  const quiet = realtime.on("unknown", ({ frame }) => {
    if (frame.type !== "logs" || frame.level !== level || !Array.isArray(frame.lines)) return;
    const lines = frame.lines.filter((line) => isObject(line) && isNew(text(line.id) ?? ""));
    const leftOut = whole(frame.left_out) ?? 0;
    if (lines.length > 0 || leftOut > 0) callback({ lines, leftOut });
  });
  client.connect();
  return () => {
    quiet();
    leave();
  };
}
