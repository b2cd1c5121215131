/** Every failure the client reports is one of these; `code` is stable and meant for programs. */

import { object, text } from "./json.ts";
import type { FieldProblem } from "./protocol.ts";

export abstract class ClientError extends Error {
  declare readonly code: string;
  /** In a few words; where nobody had any, those of the code. */
  declare readonly title: string;

  constructor(code: string, title?: string | null, detail?: string | null, cause?: unknown) {
    const words = title || code.replaceAll("_", " ");
    super(detail || words, cause ? { cause } : undefined);
    this.code = code;
    this.title = words;
  }
}

/** Codes for the refusals that API Gateway makes before our code is asked. */
const GATEWAY_CODES: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  413: "payload_too_large",
  429: "too_many_requests",
  503: "unavailable",
};

/** The API refused: with problem+json (RFC 9457), or with API Gateway's own `{"message"}`, or without a word. */
export class ApiError extends ClientError {
  override readonly name = "ApiError";
  declare readonly status: number;
  /** The fields at fault, where they are known. */
  declare readonly fields: FieldProblem[];

  constructor(status: number, body: unknown) {
    const { code, title, message, detail, errors } = object(body);
    super(
      text(code) ?? GATEWAY_CODES[status] ?? `http_${status}`,
      text(title) ?? text(message) ?? `The server answered ${status}`,
      text(detail),
    );
    this.status = status;
    this.fields = Array.isArray(errors) ? errors.filter(isFieldProblem) : [];
  }
}

function isFieldProblem(value: unknown): value is FieldProblem {
  const { field, message } = object(value);
  return text(field) !== null && text(message) !== null;
}

/** The server's `{"type":"error"}` on the WebSocket. */
export class RealtimeError extends ClientError {
  override readonly name = "RealtimeError";

  constructor(code: string, message: string) {
    super(code, null, message);
  }
}

/** Refused on this side. */
export class LocalError extends ClientError {
  override readonly name = "LocalError";

  constructor(code: "closed" | "queue_full" | "task_not_found") {
    super(code);
  }
}

/** No usable answer. */
export class NetworkError extends ClientError {
  override readonly name = "NetworkError";

  constructor(code: "network" | "timeout" | "bad_response", cause?: unknown) {
    super(code, null, null, cause);
  }
}

/** Anything thrown, as an error with a code. */
export function toClientError(error: unknown): ClientError {
  return error instanceof ClientError ? error : new NetworkError("network", error);
}
