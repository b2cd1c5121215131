/** The wire types: what the HTTP API answers and what the WebSocket carries. Nothing here runs. */

export type TaskStatus = "processing" | "completed" | "failed" | "cancelled" | "timed_out";
export type TaskPhase = "queued" | "running";

export interface Progress {
  percent: number | null;
  message: string | null;
}

export interface TaskError {
  code: string;
  message: string;
}

/** One task as lists show it. Timestamps are RFC 3339. */
export interface TaskSummary {
  request_id: string;
  kind: string;
  status: TaskStatus;
  phase: TaskPhase | null;
  /** Raised by one with every change; the only order that counts. */
  version: number;
  progress: Progress | null;
  attempt: number;
  error: TaskError | null;
  tags: string[];
  created_at: string;
  updated_at: string;
  started_at: string | null;
  finished_at: string | null;
}

/** One line of a task's history. */
export interface TaskUpdate {
  version: number;
  status: TaskStatus;
  phase: TaskPhase | null;
  progress: Progress | null;
  attempt: number | null;
  error: TaskError | null;
  at: string;
}

/** A result travels inline, or waits at a short-lived address. */
export interface ResultPart {
  result?: unknown;
  result_url?: string;
}

export interface TaskDetail extends TaskSummary, ResultPart {
  input: unknown;
  updates: TaskUpdate[];
}

export interface TaskResult extends ResultPart {
  expires_at?: string;
}

export interface TaskPage {
  tasks: TaskSummary[];
  next_cursor: string | null;
}

export interface TaskQuery {
  limit?: number;
  cursor?: string;
  status?: TaskStatus;
  kind?: string;
  tag?: string;
}

export interface NewTask {
  kind: string;
  input: unknown;
  tags?: string[];
}

/** The 202 of `POST /tasks`, and the 200 of one that was sent before under the same key. */
export interface Accepted {
  request_id: string;
  status: "processing";
  message: string;
  version: number;
}

export type DashboardWindow = "1h" | "24h" | "7d" | "all";

export interface Dashboard {
  user_count: number;
  active_sessions: number;
  avg_response_time_ms: number;
}

export interface Ticket {
  ticket: string;
  expires_at: string;
  /** Where to connect; already carries the ticket. */
  url: string;
}

/** RFC 9457, with a stable `code`. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  errors?: FieldProblem[];
}

/** One field at fault: its path inside the body, and what would be right. */
export interface FieldProblem {
  field: string;
  message: string;
}

export interface UpdateFrame extends ResultPart {
  type: "update";
  request_id: string;
  kind: string | null;
  status: TaskStatus;
  version: number;
  phase: TaskPhase | null;
  progress: Progress | null;
  attempt: number | null;
  error: TaskError | null;
  at: string | null;
}

export interface PongFrame {
  type: "pong";
}

export interface ErrorFrame {
  type: "error";
  code: string;
  message: string;
}

export type ServerFrame = UpdateFrame | PongFrame | ErrorFrame;

/** What the page may say to the server over the socket. */
export type ClientFrame = { action: "ping" };
