/** `GET /logs`: log lines and requests, newest first. */

import type { Http } from "../../client/http";
import { isObject, object, text, whole } from "../../client/json";

export type LogType = "log" | "request";

/** Only what is given narrows the lines. */
export interface LogQuery {
  type: LogType;
  level: string;
  status: string;
  service: string;
  text: string;
  from: string;
  to: string;
}

export interface LogLine {
  /** What tells it from all others. */
  id: string;
  at: string;
  service: string;
  /** Of a log line, its level; of a request, its status. */
  mark: string;
  /** What it says, or what was asked. */
  words: string;
  tookMs: number | null;
  /** All fields that it was sent with. */
  fields: Record<string, unknown>;
}

export interface LogPage {
  lines: LogLine[];
  nextCursor: string | null;
}

const PAGE = 100;

export async function readLogs(
  http: Pick<Http, "get">,
  query: LogQuery,
  cursor: string | null,
): Promise<LogPage> {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const answer = await http.get<{ lines?: unknown; next_cursor?: unknown }>("/logs", {
    ...Object.fromEntries(given),
    limit: PAGE,
    cursor,
  });
  const lines = Array.isArray(answer.lines) ? answer.lines : [];
  return { lines: lines.filter(isObject).map(readLine), nextCursor: text(answer.next_cursor) };
}

/** The fields are whatever was sent: each line has some of them. */
export function readLine(fields: Record<string, unknown>): LogLine {
  const { at, service, level, status, message, method, path, response_time_ms } = object(fields);
  const request = [text(method), text(path)].filter(Boolean).join(" ");
  const id = text(fields.id) ?? text(fields._id) ?? JSON.stringify(fields);
  return {
    id,
    at: text(at) ?? "",
    service: text(service) ?? "",
    mark: text(level) ?? (whole(status) === null ? "" : String(status)),
    words: text(message) ?? request,
    tookMs: typeof response_time_ms === "number" ? response_time_ms : null,
    fields,
  };
}
