/** Text from the socket to typed frames. Pure; never throws. */

import { given, isObject, type Json, object, parseJson, text, whole } from "./json.ts";
import type {
  ResumedTask,
  ServerFrame,
  TaskError,
  TaskPhase,
  TaskStatus,
  Topic,
} from "./protocol.ts";

export type ParsedFrame =
  | ServerFrame
  /** A type that is for others: to be passed over. */
  | { type: "unknown"; frame: Json }
  | { type: "malformed" };

const STATUSES: readonly unknown[] = [
  "processing",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
];
const PHASES: readonly unknown[] = ["queued", "running"];

export function isTerminal(status: TaskStatus): boolean {
  return status !== "processing";
}

export function parseFrame(data: unknown): ParsedFrame {
  const frame = parseJson(data);
  return (isObject(frame) && readFrame(frame)) || { type: "malformed" };
}

/** Null where a field is missing that the frame is nothing without. */
function readFrame(frame: Json): ParsedFrame | null {
  switch (frame.type) {
    case "update":
      return readUpdate(frame);
    case "pong":
      return { type: "pong" };
    case "subscribed":
      return { type: "subscribed", topic: readTopic(frame), version: whole(frame.version) };
    case "resumed":
      return { type: "resumed", tasks: readResumed(object(frame.tasks)) };
    case "broadcast": {
      const id = text(frame.id);
      return id === null
        ? null
        : { type: "broadcast", id, message: frame.message, at: text(frame.at) };
    }
    case "bye": {
      const reconnect_in_ms = whole(frame.reconnect_in_ms) ?? 0;
      return { type: "bye", reason: text(frame.reason) ?? "", reconnect_in_ms };
    }
    case "error":
      return { type: "error", ...readError(frame) };
    default:
      return { type: "unknown", frame };
  }
}

/** Fields that only some updates have are left out of the others; what is of the wrong type counts as missing. */
function readUpdate(frame: Json): ParsedFrame | null {
  const { status, phase, progress, error, result, tags } = frame;
  const request_id = text(frame.request_id);
  const version = whole(frame.version);
  if (!request_id || version === null || !STATUSES.includes(status)) return null;
  return {
    type: "update",
    request_id,
    kind: text(frame.kind),
    status: status as TaskStatus,
    version,
    phase: PHASES.includes(phase) ? (phase as TaskPhase) : null,
    progress: isObject(progress)
      ? { percent: whole(progress.percent), message: text(progress.message) }
      : null,
    attempt: whole(frame.attempt),
    error: isObject(error) ? readError(error) : null,
    at: text(frame.at),
    ...given({
      result,
      result_url: text(frame.result_url),
      tags: Array.isArray(tags) ? tags.map(String) : null,
      stream: text(frame.stream),
      tenant: text(frame.tenant),
    }),
  };
}

function readTopic({ request_id, tag, stream, logs }: Json): Topic {
  return given({ request_id, tag, stream, logs }) as Topic;
}

/** An entry that cannot be read is left out: its task is then resumed once more. */
function readResumed(listed: Json): Record<string, ResumedTask> {
  const tasks: Record<string, ResumedTask> = {};
  for (const [id, value] of Object.entries(listed)) {
    const { version, recovered } = object(value);
    const upTo = whole(version);
    if (upTo !== null) tasks[id] = { version: upTo, recovered: recovered === true };
  }
  return tasks;
}

function readError({ code, message }: Json): TaskError {
  return { code: text(code) ?? "unknown", message: text(message) ?? "" };
}
