/** What is known of the caller's tasks, put together from pages, updates and submissions. Pure. */

import { isTerminal } from "./frames.ts";
import type { Accepted, NewTask, TaskPage, TaskSummary, UpdateFrame } from "./protocol.ts";

export interface TaskList {
  /** Newest first. */
  tasks: readonly TaskSummary[];
  /** Where the next older page begins; null when everything is here. */
  nextCursor: string | null;
  /** Whether the server has been asked at least once. */
  loaded: boolean;
}

export type TaskListEvent =
  /** The newest tasks afresh, as after a (re)connect: replaces the list to the depth of the page. */
  | { type: "reloaded"; page: TaskPage }
  /** The page after the last one. */
  | { type: "page"; page: TaskPage }
  | { type: "updates"; frames: readonly UpdateFrame[] }
  | { type: "submitted"; task: NewTask; accepted: Accepted; at: string };

export const EMPTY: TaskList = { tasks: [], nextCursor: null, loaded: false };

export function reduce(list: TaskList, event: TaskListEvent): TaskList {
  switch (event.type) {
    case "reloaded":
      return reloaded(list, event.page);
    case "page": {
      const tasks = merge(list.tasks, event.page.tasks);
      return { tasks, nextCursor: event.page.next_cursor, loaded: true };
    }
    case "updates":
      return { ...list, tasks: applyUpdates(list.tasks, event.frames) };
    case "submitted":
      return { ...list, tasks: merge(list.tasks, [justSubmitted(event)]) };
  }
}

/**
 * Keeps what is newer than the page's end (it may have come by update or submission meanwhile).
 * What is older is dropped, as the cursor continues from the page's end.
 */
function reloaded(list: TaskList, page: TaskPage): TaskList {
  const oldest = page.tasks.at(-1);
  const kept =
    page.next_cursor && oldest
      ? list.tasks.filter((task) => newestFirst(task, oldest) <= 0)
      : list.tasks;
  return { tasks: merge(kept, page.tasks), nextCursor: page.next_cursor, loaded: true };
}

function merge(known: readonly TaskSummary[], incoming: readonly TaskSummary[]): TaskSummary[] {
  const byId = new Map(known.map((task) => [task.request_id, task]));
  for (const task of incoming) {
    const before = byId.get(task.request_id);
    byId.set(task.request_id, before ? newer(before, task) : task);
  }
  return [...byId.values()].sort(newestFirst);
}

/** The later version, completed by what only a full summary tells. */
function newer(known: TaskSummary, full: TaskSummary): TaskSummary {
  if (full.version >= known.version) return full;
  const { kind, tags, created_at } = full;
  const started_at = full.started_at ?? known.started_at;
  return { ...known, kind, tags, created_at, started_at };
}

function newestFirst(a: TaskSummary, b: TaskSummary): number {
  return (
    Date.parse(b.created_at) - Date.parse(a.created_at) ||
    (a.request_id < b.request_id ? 1 : a.request_id > b.request_id ? -1 : 0)
  );
}

/** Tasks that no frame touches keep their identity, and so does an untouched list. */
function applyUpdates(
  tasks: readonly TaskSummary[],
  frames: readonly UpdateFrame[],
): readonly TaskSummary[] {
  const byId = new Map(tasks.map((task) => [task.request_id, task]));
  let changed = false;
  for (const frame of frames) {
    const before = byId.get(frame.request_id);
    if (before && frame.version <= before.version) continue;
    byId.set(frame.request_id, before ? advance(before, frame) : fromUpdate(frame));
    changed = true;
  }
  if (!changed) return tasks;
  const next = [...byId.values()];
  return next.length === tasks.length ? next : next.sort(newestFirst);
}

/** The task after an update that is newer than it. */
export function advance<T extends TaskSummary>(task: T, frame: UpdateFrame): T {
  const at = frame.at ?? task.updated_at;
  const running = frame.phase === "running";
  return {
    ...task,
    kind: frame.kind ?? task.kind,
    status: frame.status,
    phase: frame.phase,
    version: frame.version,
    progress: frame.progress ?? (isTerminal(frame.status) ? task.progress : null),
    attempt: frame.attempt ?? task.attempt,
    error: frame.error,
    updated_at: at,
    started_at: running ? (task.started_at ?? at) : task.started_at,
    finished_at: isTerminal(frame.status) ? at : null,
  };
}

/** A task first heard of by an update: submitted elsewhere, by the same user. */
function fromUpdate(frame: UpdateFrame): TaskSummary {
  const at = frame.at ?? createdAt(frame.request_id) ?? "";
  const unknown: TaskSummary = {
    request_id: frame.request_id,
    kind: frame.kind ?? "",
    status: "processing",
    phase: "queued",
    version: 0,
    progress: null,
    attempt: 0,
    error: null,
    tags: frame.tags ?? [],
    created_at: createdAt(frame.request_id) ?? at,
    updated_at: at,
    started_at: null,
    finished_at: null,
  };
  return advance(unknown, frame);
}

function justSubmitted({
  task,
  accepted,
  at,
}: Extract<TaskListEvent, { type: "submitted" }>): TaskSummary {
  return {
    request_id: accepted.request_id,
    kind: task.kind,
    status: accepted.status,
    phase: "queued",
    version: accepted.version,
    progress: null,
    attempt: 0,
    error: null,
    tags: task.tags ?? [],
    created_at: createdAt(accepted.request_id) ?? at,
    updated_at: at,
    started_at: null,
    finished_at: null,
  };
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A UUIDv7 begins with the moment it was made: the server's clock, not ours. */
export function createdAt(requestId: string): string | null {
  const parts = UUID_V7.exec(requestId);
  return parts ? new Date(Number.parseInt(`${parts[1]}${parts[2]}`, 16)).toISOString() : null;
}
