/** The HTTP API: one method per route, refusals as ApiError. */

import { ApiError, NetworkError } from "./errors.ts";
import { type Answer, exchange } from "./fetching.ts";
import { isObject } from "./frames.ts";
import type { Ports } from "./ports.ts";
import type {
  Accepted,
  BatchOutcome,
  BatchTask,
  Dashboard,
  DashboardWindow,
  FieldProblem,
  NewTask,
  Problem,
  TaskDetail,
  TaskPage,
  TaskQuery,
  TaskResult,
  Ticket,
} from "./protocol.ts";

/** Where the `Authorization` header comes from. */
export interface TokenSource {
  /** A token that is good for the next minute. */
  token(): Promise<string>;
  /** Another one, as the last was refused. */
  renew(): Promise<string>;
}

type Query = Record<string, string | number | undefined>;

export class Api {
  readonly #base: string;
  readonly #tokens: TokenSource;
  readonly #ports: Pick<Ports, "clock" | "fetch">;

  constructor(httpUrl: string, tokens: TokenSource, ports: Pick<Ports, "clock" | "fetch">) {
    this.#base = httpUrl.replace(/\/+$/, "");
    this.#tokens = tokens;
    this.#ports = ports;
  }

  dashboard(window: DashboardWindow): Promise<Dashboard> {
    return this.#get("/dashboard", { window });
  }

  submitTask(task: NewTask, idempotencyKey?: string): Promise<Accepted> {
    return this.#post("/tasks", task, idempotencyKey ? { "idempotency-key": idempotencyKey } : {});
  }

  /** Up to 100 tasks, each taken or refused on its own. */
  submitBatch(tasks: readonly BatchTask[]): Promise<{ tasks: BatchOutcome[] }> {
    return this.#post("/tasks/batch", { tasks });
  }

  /** Also while it is running; one that was cancelled before answers the same. */
  cancelTask(requestId: string): Promise<TaskDetail> {
    return this.#call(taskPath(requestId), { method: "DELETE" });
  }

  /** Runs one again that failed, was cancelled or timed out. */
  retryTask(requestId: string): Promise<Accepted> {
    return this.#post(`${taskPath(requestId)}/retry`, {});
  }

  listTasks(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#get("/tasks", { ...query });
  }

  task(requestId: string): Promise<TaskDetail> {
    return this.#get(taskPath(requestId));
  }

  taskResult(requestId: string): Promise<TaskResult> {
    return this.#get(`${taskPath(requestId)}/result`);
  }

  ticket(): Promise<Ticket> {
    return this.#post("/realtime/tickets", {});
  }

  #get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#call<T>(path + queryString(query), { method: "GET" });
  }

  #post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.#call<T>(path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** A 401 earns one fresh token and one more try: a refused request has changed nothing. */
  async #call<T>(path: string, init: RequestInit): Promise<T> {
    let answer = await this.#send(path, init, await this.#tokens.token());
    if (answer.status === 401) answer = await this.#send(path, init, await this.#tokens.renew());
    if (!answer.ok) throw new ApiError(answer.status, readProblem(answer));
    if (!isObject(answer.body)) throw new NetworkError("bad_response");
    return answer.body as T;
  }

  #send(path: string, init: RequestInit, token: string): Promise<Answer> {
    const headers = {
      ...init.headers,
      authorization: `Bearer ${token}`,
      accept: "application/json",
    };
    return exchange(this.#ports, this.#base + path, { ...init, headers });
  }
}

function taskPath(requestId: string): string {
  return `/tasks/${encodeURIComponent(requestId)}`;
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given as [string, string][])}` : "";
}

/** problem+json, or API Gateway's own `{"message"}`, or nothing at all. */
export function readProblem({ status, body }: Pick<Answer, "status" | "body">): Problem {
  const problem = isObject(body) ? body : {};
  const text = (key: string) => {
    const value = problem[key];
    return typeof value === "string" ? value : undefined;
  };
  return {
    code: text("code") ?? GATEWAY_CODES[status],
    title: text("title") ?? text("message"),
    detail: text("detail"),
    errors: Array.isArray(problem.errors) ? problem.errors.filter(isFieldProblem) : [],
  };
}

/** Codes for the refusals that API Gateway makes before our code is asked. */
const GATEWAY_CODES: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  413: "payload_too_large",
  429: "too_many_requests",
  503: "unavailable",
};

function isFieldProblem(value: unknown): value is FieldProblem {
  return isObject(value) && typeof value.field === "string" && typeof value.message === "string";
}
