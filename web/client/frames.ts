/** Text from the socket to typed frames. Pure; never throws. */

import type {
  Progress,
  ServerFrame,
  TaskError,
  TaskPhase,
  TaskStatus,
  UpdateFrame,
} from "./protocol";

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
  const { request_id, status, version, phase } = frame as Partial<UpdateFrame>;
  if (typeof request_id !== "string" || request_id === "") return malformed("request_id");
  if (typeof status !== "string" || !STATUSES.includes(status)) return malformed("status");
  if (typeof version !== "number" || !Number.isInteger(version)) return malformed("version");
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
  return update;
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
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function malformed(field: string): ParsedFrame {
  return { type: "malformed", reason: `bad ${field}` };
}
