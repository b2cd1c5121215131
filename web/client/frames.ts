/** Text from the socket to typed frames. Pure; never throws. */

import type {
  Progress,
  ResumedTask,
  ServerFrame,
  TaskError,
  TaskPhase,
  TaskStatus,
  Topic,
} from "./protocol.ts";

export type ParsedFrame =
  | ServerFrame
  /** A type that a newer server knows: to be passed over. */
  | { type: "unknown"; name: string }
  | { type: "malformed"; reason: string };

type Json = Record<string, unknown>;

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
      return { type: "error", code: "unknown", message: "", ...parseError(frame) };
    default:
      return { type: "unknown", name: String(frame.type) };
  }
}

function parseUpdate(frame: Json): ParsedFrame {
  const { request_id, status, phase, attempt, result, result_url, tags, stream, tenant } = frame;
  const version = whole(frame.version);
  if (typeof request_id !== "string" || request_id === "") return malformed("request_id");
  if (!STATUSES.includes(status as string)) return malformed("status");
  if (version === null) return malformed("version");
  return {
    type: "update",
    request_id,
    kind: text(frame.kind),
    status: status as TaskStatus,
    version,
    phase: PHASES.includes(phase as string) ? (phase as TaskPhase) : null,
    progress: parseProgress(frame.progress),
    attempt: typeof attempt === "number" ? attempt : null,
    error: parseError(frame.error),
    at: text(frame.at),
    ...(result !== undefined && result !== null && { result }),
    ...(typeof result_url === "string" && { result_url }),
    ...(Array.isArray(tags) && { tags: tags.map(String) }),
    ...(typeof stream === "string" && { stream }),
    ...(typeof tenant === "string" && { tenant }),
  };
}

function parseSubscribed(frame: Json): ParsedFrame {
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

function parseResumed(frame: Json): ParsedFrame {
  const listed = isObject(frame.tasks) ? Object.entries(frame.tasks) : [];
  const tasks: Record<string, ResumedTask> = {};
  for (const [id, value] of listed) {
    const version = isObject(value) ? whole(value.version) : null;
    if (version === null) return malformed("tasks");
    tasks[id] = { version, recovered: (value as Partial<ResumedTask>).recovered === true };
  }
  return { type: "resumed", tasks };
}

function parseProgress(value: unknown): Progress | null {
  if (!isObject(value)) return null;
  const { percent, message } = value;
  return { percent: typeof percent === "number" ? percent : null, message: text(message) };
}

function parseError(value: unknown): TaskError | null {
  if (!isObject(value)) return null;
  return { code: text(value.code) ?? "unknown", message: text(value.message) ?? "" };
}

function parseObject(data: string): Json | null {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Json {
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
