/** Every failure the client reports is one of these; `code` is stable and meant for programs. */

import type { FieldProblem, Problem } from "./protocol.ts";

export abstract class ClientError extends Error {
  /** In words, where there is more to say than the code. */
  readonly title: string;
  readonly code: string;

  constructor(code: string, title: string, detail?: string, cause?: unknown) {
    super(detail ?? title, cause === undefined ? undefined : { cause });
    this.code = code;
    this.title = title;
  }
}

/** The API refused: RFC 9457. */
export class ApiError extends ClientError {
  override readonly name = "ApiError";
  readonly status: number;
  readonly fields: FieldProblem[];

  constructor(status: number, problem: Problem) {
    super(
      problem.code ?? `http_${status}`,
      problem.title ?? `The server answered ${status}`,
      problem.detail,
    );
    this.status = status;
    this.fields = problem.errors ?? [];
  }
}

/** Sign-in was refused. */
export class SignInError extends ClientError {
  override readonly name = "SignInError";
}

/** The session is over; signing in again is the only way on. */
export class SessionEndedError extends ClientError {
  override readonly name = "SessionEndedError";

  constructor(cause?: unknown) {
    super("session_ended", "Your session has ended", undefined, cause);
  }
}

/** The server's `{"type":"error"}` on the WebSocket. */
export class RealtimeError extends ClientError {
  override readonly name = "RealtimeError";

  constructor(code: string, message: string) {
    super(code, "The live connection reported a problem", message || undefined);
  }
}

/** Refused on this side: `queue_full`, `closed` or `task_not_found`. */
export class LocalError extends ClientError {
  override readonly name = "LocalError";
}

/** No usable answer: `network`, `timeout` or `bad_response`. */
export class NetworkError extends ClientError {
  override readonly name = "NetworkError";
  declare readonly code: "network" | "timeout" | "bad_response";

  constructor(code: "network" | "timeout" | "bad_response", cause?: unknown) {
    super(code, TITLES[code], undefined, cause);
  }
}

const TITLES = {
  network: "The server could not be reached",
  timeout: "The server did not answer in time",
  bad_response: "The server's answer could not be read",
} as const;

/** Anything thrown, as an error with a code. */
export function toClientError(error: unknown): ClientError {
  return error instanceof ClientError ? error : new NetworkError("network", error);
}
