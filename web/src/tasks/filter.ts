/** What the task list is narrowed to: kept in the address, asked of the server, applied here. Pure. */

import type { TaskQuery, TaskStatus, TaskSummary } from "../../client/page";
import { texts } from "../texts";

export const STATUSES = Object.keys(texts.status) as TaskStatus[];

export interface Filter {
  status: TaskStatus | null;
  kind: string | null;
  /** An id or its end, a tag, a kind, words of a message. */
  text: string;
}

export function readFilter(query: Readonly<Record<string, string>>): Filter {
  return {
    status: STATUSES.find((one) => one === query.status) ?? null,
    kind: query.kind || null,
    text: query.text ?? "",
  };
}

export function isEmpty({ status, kind, text }: Filter): boolean {
  return status === null && kind === null && text.trim() === "";
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What to ask the server beyond the newest tasks: one task, or a page of those that match. */
export type Question = { id: string } | { list: TaskQuery };

export function questionOf(filter: Filter): Question | null {
  if (isEmpty(filter)) return null;
  const text = filter.text.trim();
  if (UUID.test(text)) return { id: text.toLowerCase() };
  const list: TaskQuery = {};
  if (filter.status) list.status = filter.status;
  if (filter.kind) list.kind = filter.kind;
  // The server knows tags only as a whole.
  if (text) list.tag = text;
  return { list };
}

export function matches(task: TaskSummary, { status, kind, text }: Filter): boolean {
  if (status !== null && task.status !== status) return false;
  if (kind !== null && task.kind !== kind) return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return true;
  const said = [task.progress?.message, task.error?.message, task.error?.code];
  return [task.request_id, task.kind, ...task.tags, ...said].some((one) =>
    one?.toLowerCase().includes(wanted),
  );
}
