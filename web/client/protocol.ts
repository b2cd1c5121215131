/** The wire types: what the HTTP API answers and what the WebSocket carries. Nothing here runs but two constants. */

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

/** One run of a task by a worker. */
export interface TaskAttempt {
  attempt: number;
  /** Null where the history no longer reaches that far. */
  started_at: string | null;
  /** Null while it goes on. */
  ended_at: string | null;
  outcome: "running" | "completed" | "failed" | "released" | "cancelled" | "timed_out" | "lost";
  error: TaskError | null;
}

/** What a finished task has used of what is paid by use, over all its attempts. */
export type TaskUsage = Record<
  | "lambda_ms"
  | "lambda_gb_seconds"
  | "dynamodb_read_units"
  | "dynamodb_write_units"
  | "sqs_requests"
  | "s3_requests"
  | "s3_put_requests"
  | "s3_get_requests"
  | "s3_bytes"
  | "websocket_messages"
  | "input_tokens"
  | "output_tokens"
  | "model_cost_usd",
  number
>;

export interface TaskDetail extends TaskSummary, ResultPart {
  input: unknown;
  updates: TaskUpdate[];
  /** Oldest first, as far as the history reaches. */
  attempts?: TaskAttempt[];
  priority?: Priority;
  run_at?: string | null;
  deadline?: string | null;
  callback_url?: string | null;
  /** Absent until known, like its cost. */
  usage?: TaskUsage;
  /** At list price, in US dollars. */
  cost_usd?: number;
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
  /** Where a page begins; the first without one. */
  cursor?: string | null | undefined;
  status?: TaskStatus;
  kind?: string;
  tag?: string;
}

/** `high` goes before `normal` where not all can run at once. */
export type Priority = "normal" | "high";

export interface NewTask {
  kind: string;
  input: unknown;
  /** Up to 10 labels of up to 64 bytes. */
  tags?: string[];
  priority?: Priority;
  /** Run it this many seconds from now. Give this or `run_at`. */
  delay?: number;
  /** Run it at this moment (RFC 3339), at most 7 days ahead. */
  run_at?: string;
  /** From this moment on (RFC 3339) its result is of no use: it ends as `timed_out`. */
  deadline?: string;
  /** Where a signed webhook goes when it has ended. */
  callback_url?: string;
}

/** One task of a batch; the key does what `Idempotency-Key` does for a single one. */
export interface BatchTask extends NewTask {
  idempotency_key?: string;
}

/** The 202 of `POST /tasks`, and the 200 of one that was sent before under the same key. */
export interface Accepted {
  request_id: string;
  status: "processing";
  message: string;
  version: number;
}

/** What became of one task of a batch, by its place in it. */
export type BatchOutcome =
  | ({ index: number; replayed: boolean } & Accepted)
  | { index: number; error: TaskError & { errors?: FieldProblem[] } };

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

/** One field at fault: its path inside the body, and what would be right. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** The WebSocket subprotocol that the frames below make up. */
export const SUBPROTOCOL = "adology.v1";

/** Most tasks that one `resume` may name. */
export const MOST_RESUMED = 100;

/** A change of a task. Order by `version`; a version seen before is a duplicate. */
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
  tags?: string[];
  /** The stream that this copy was sent to; copies for those who follow the task have none. */
  stream?: string;
  /** Whose task, on a stream that spans tenants. */
  tenant?: string;
}

export interface PongFrame {
  type: "pong";
}

/** A task, or all of the tenant's tasks with a tag. */
export type TaskTopic = { request_id: string } | { tag: string };

/** What can be listened to. */
export type Topic = TaskTopic | { stream: "operators" } | { logs: string };

export interface SubscribedFrame {
  type: "subscribed";
  topic: Topic;
  /** Of a task: its version at a moment when the subscription was already in force. */
  version: number | null;
}

/** How the resumption of one task ended. */
export interface ResumedTask {
  /** Up to which version updates have been sent; 0 where the tenant has no such task. */
  version: number;
  /** Whether nothing is missing. */
  recovered: boolean;
}

export interface ResumedFrame {
  type: "resumed";
  tasks: Record<string, ResumedTask>;
}

/** An operator's message to everybody who is connected. */
export interface BroadcastFrame {
  type: "broadcast";
  id: string;
  message: unknown;
  at: string | null;
}

/** The server is about to close: be on another connection within that time. */
export interface ByeFrame {
  type: "bye";
  reason: string;
  reconnect_in_ms: number;
}

export interface ErrorFrame {
  type: "error";
  code: string;
  message: string;
}

export type ServerFrame =
  | UpdateFrame
  | PongFrame
  | SubscribedFrame
  | ResumedFrame
  | BroadcastFrame
  | ByeFrame
  | ErrorFrame;

/** What the client may say to the server over the socket. */
export type ClientFrame =
  | { action: "ping" }
  | ({ action: "subscribe" | "unsubscribe" } & Topic)
  | { action: "resume"; tasks: Record<string, number> };
