/** Text from the socket to typed frames. Pure; never throws. */

import type {
  Progress,
  ResumedTask,
  ServerFrame,
  TaskError,
  TaskPhase,
  TaskStatus,
  Topic,
  UpdateFrame,
} from "./protocol.ts";

export type ParsedFrame =
  | ServerFrame
  /** A type that a newer server knows: to be passed over. */
  | { type: "unknown"; name: string }
  | { type: "malformed"; reason: string };

const STATUSES: readonly string[] = ["processing", "completed", "failed", "cancelled", "timed_out"];
const PHASES: readonly string[] = ["queued", "running"];

export function isTerminal(status: TaskStatus): boolean {
  return status !== "processing";
}

export function parseFrame(data: unknown): ParsedFrame {
  if (typeof data !== "string") return { type: "malformed", reason: "not text" };
  const frame = parseObject(data);
  if (!frame) return { type: "malformed", reason: "not a JSON object" };
  switch (frame.type) {
    case "update":
      return parseUpdate(frame);
    case "pong":
      return { type: "pong" };
    case "subscribed":
      return parseSubscribed(frame);
    case "resumed":
      return parseResumed(frame);
    case "broadcast":
      return typeof frame.id === "string"
        ? { type: "broadcast", id: frame.id, message: frame.message, at: text(frame.at) }
        : malformed("id");
    case "bye":
      return {
        type: "bye",
        reason: text(frame.reason) ?? "",
        reconnect_in_ms: whole(frame.reconnect_in_ms) ?? 0,
      };
    case "error":
      return {
        type: "error",
        code: text(frame.code) ?? "unknown",
        message: text(frame.message) ?? "",
      };
    default:
      return { type: "unknown", name: String(frame.type) };
  }
}

function parseUpdate(frame: Record<string, unknown>): ParsedFrame {
  const { request_id, status, phase } = frame as Partial<UpdateFrame>;
  const version = whole(frame.version);
  if (typeof request_id !== "string" || request_id === "") return malformed("request_id");
  if (typeof status !== "string" || !STATUSES.includes(status)) return malformed("status");
  if (version === null) return malformed("version");
  const update: UpdateFrame = {
    type: "update",
    request_id,
    kind: text(frame.kind),
    status,
    version,
    phase: typeof phase === "string" && PHASES.includes(phase) ? (phase as TaskPhase) : null,
    progress: parseProgress(frame.progress),
    attempt: typeof frame.attempt === "number" ? frame.attempt : null,
    error: parseError(frame.error),
    at: text(frame.at),
  };
  if (frame.result !== undefined && frame.result !== null) update.result = frame.result;
  if (typeof frame.result_url === "string") update.result_url = frame.result_url;
  if (Array.isArray(frame.tags)) update.tags = frame.tags.map(String);
  if (typeof frame.stream === "string") update.stream = frame.stream;
  if (typeof frame.tenant === "string") update.tenant = frame.tenant;
  return update;
}

function parseSubscribed(frame: Record<string, unknown>): ParsedFrame {
  for (const name of ["request_id", "tag", "stream"]) {
    const value = frame[name];
    if (typeof value === "string") {
      return {
        type: "subscribed",
        topic: { [name]: value } as Topic,
        version: whole(frame.version),
      };
    }
  }
  return malformed("topic");
}

function parseResumed(frame: Record<string, unknown>): ParsedFrame {
  const listed = isRecord(frame.tasks) ? Object.entries(frame.tasks) : [];
  const tasks: Record<string, ResumedTask> = {};
  for (const [id, value] of listed) {
    const version = isRecord(value) ? whole(value.version) : null;
    if (version === null) return malformed("tasks");
    tasks[id] = { version, recovered: (value as Partial<ResumedTask>).recovered === true };
  }
  return { type: "resumed", tasks };
}

function parseProgress(value: unknown): Progress | null {
  if (typeof value !== "object" || value === null) return null;
  const { percent, message } = value as Record<string, unknown>;
  return { percent: typeof percent === "number" ? percent : null, message: text(message) };
}

function parseError(value: unknown): TaskError | null {
  if (typeof value !== "object" || value === null) return null;
  const { code, message } = value as Record<string, unknown>;
  return { code: text(code) ?? "unknown", message: text(message) ?? "" };
}

function parseObject(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function whole(value: unknown): number | null {
  return Number.isInteger(value) ? (value as number) : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function malformed(field: string): ParsedFrame {
  return { type: "malformed", reason: `bad ${field}` };
}
