/** One task with its history, kept up to date by frames. Pure. */

import type { TaskDetail, TaskUpdate, UpdateFrame } from "./protocol.ts";
import { advance } from "./tasks.ts";

/** Frames that are not newer than what is known change nothing. */
export function applyUpdate(detail: TaskDetail, frame: UpdateFrame): TaskDetail {
  if (frame.request_id !== detail.request_id || frame.version <= detail.version) return detail;
  const { result: _, result_url: __, ...rest } = detail;
  const next: TaskDetail = {
    ...advance(rest, frame),
    updates: [...detail.updates, toUpdate(frame, detail)],
  };
  if (frame.result !== undefined) next.result = frame.result;
  if (frame.result_url !== undefined) next.result_url = frame.result_url;
  return next;
}

function toUpdate(frame: UpdateFrame, detail: TaskDetail): TaskUpdate {
  return {
    version: frame.version,
    status: frame.status,
    phase: frame.phase,
    progress: frame.progress,
    attempt: frame.attempt ?? detail.attempt,
    error: frame.error,
    at: frame.at ?? detail.updated_at,
  };
}
