/** What a program does with tasks: submit, watch, list, cancel. */

import type { ConnectionState } from "./connection.ts";
import { type ClientError, RealtimeError } from "./errors.ts";
import { createHttp, type Http, type TokenSource } from "./http.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import type {
  Accepted,
  BatchOutcome,
  BatchTask,
  BroadcastFrame,
  ByeFrame,
  NewTask,
  TaskDetail,
  TaskPage,
  TaskQuery,
  TaskResult,
  TaskSummary,
  TaskTopic,
  Ticket,
  UpdateFrame,
} from "./protocol.ts";
import { createRealtime, type Realtime } from "./realtime.ts";
import { dropOldest, newcomers } from "./recent.ts";
import { createWatch, type Watch, type WatchOptions } from "./watch.ts";

export interface CoreSettings {
  httpUrl: string;
  /** Answers with a token for the `Authorization` header, or a source that can also renew it. */
  token: TokenSource | (() => Promise<string>);
  /** Commands that may wait while the server cannot be reached; 100 by default. */
  queueLimit?: number;
  /** `false` for servers that choose no WebSocket subprotocol. */
  offerSubprotocol?: boolean;
}

/** Broadcasts that are remembered, to tell duplicates. */
const MOST_BROADCASTS = 100;
/** Submitted tasks that are remembered as one's own; others cost a subscription each. */
const MOST_OWN = 10_000;

export class Client {
  readonly http: Http;
  readonly realtime: Realtime;
  readonly outbox: Outbox;
  readonly #key: () => string;
  /** Tasks that were submitted here: the user's own updates cover them. */
  readonly #own = new Set<string>();

  constructor(settings: CoreSettings, ports: Ports) {
    const { token } = settings;
    const tokens = typeof token === "function" ? { token, renew: token } : token;
    this.#key = ports.key;
    this.http = createHttp(settings.httpUrl, tokens, ports);
    this.outbox = createOutbox(ports, settings.queueLimit);
    const ticket = () => this.http.post<Ticket>("/realtime/tickets");
    this.realtime = createRealtime(ticket, ports, settings.offerSubprotocol);
    this.realtime.onState(({ name }) => name === "open" && this.outbox.kick());
  }

  get connection(): ConnectionState {
    return this.realtime.state;
  }

  onConnection(callback: (state: ConnectionState) => void): Unsubscribe {
    return this.realtime.onState(callback);
  }

  /** Connects. Watching and subscribing do so by themselves. */
  connect(): void {
    this.realtime.start();
  }

  /** Ends the connection, every watch, and all that waits to be sent. */
  close(): void {
    this.realtime.stop();
    this.outbox.close();
    this.realtime.stream.close();
  }

  /**
   * However often it has to be sent, it makes one task: the key says that it is the same. With
   * `wait: false` it fails while the server cannot be reached.
   */
  async submit(task: NewTask, { key = this.#key(), wait = true } = {}): Promise<Accepted> {
    const send = () => this.http.post<Accepted>("/tasks", task, { "idempotency-key": key });
    return this.#submitted(await (wait ? this.outbox.run(send) : send()));
  }

  /** Up to 100 tasks; each is taken or refused on its own, and made once. */
  async submitBatch(tasks: readonly BatchTask[]): Promise<BatchOutcome[]> {
    const keyed = tasks.map((task) => ({ idempotency_key: this.#key(), ...task }));
    const send = () => this.http.post<{ tasks: BatchOutcome[] }>("/tasks/batch", { tasks: keyed });
    const outcomes = (await this.outbox.run(send)).tasks;
    for (const outcome of outcomes) if ("request_id" in outcome) this.#submitted(outcome);
    return outcomes;
  }

  /**
   * Follows a task to its end. What `submit` answered is followed from there on, so that no update
   * can fall between; an id alone from its first update that is kept.
   */
  watch(
    task: string | Pick<Accepted, "request_id" | "version">,
    options: WatchOptions = {},
  ): Watch {
    const { request_id, version } =
      typeof task === "string" ? { request_id: task, version: 0 } : task;
    const own = this.#own.has(request_id);
    const watch = createWatch(this.realtime.stream, request_id, own, { from: version, ...options });
    this.connect();
    return watch;
  }

  /** One page, newest first. */
  list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.http.get("/tasks", query);
  }

  /** All that match, page by page as they are asked for. */
  async *all(query: TaskQuery = {}): AsyncGenerator<TaskSummary, void, undefined> {
    let { cursor } = query;
    do {
      const page: TaskPage = await this.list({ ...query, cursor });
      yield* page.tasks;
      cursor = page.next_cursor;
    } while (cursor);
  }

  get(requestId: string): Promise<TaskDetail> {
    return this.http.get(taskPath(requestId));
  }

  result(requestId: string): Promise<TaskResult> {
    return this.http.get(`${taskPath(requestId)}/result`);
  }

  /** Also while it is running. Waits for the server if need be: to cancel twice is to cancel. */
  cancel(requestId: string): Promise<TaskDetail> {
    return this.outbox.run(() => this.http.delete(taskPath(requestId)));
  }

  /** Runs one again that did not complete. Does not wait for the server: it may have run since. */
  async retry(requestId: string): Promise<Accepted> {
    const accepted = await this.http.post<Accepted>(`${taskPath(requestId)}/retry`);
    // Not one's own for that: a task of another in the tenant can be run again too. The new version is
    // yet to be told: by its update, or by the resumption of a later connection.
    this.realtime.stream.note(accepted.request_id, accepted.version - 1);
    return accepted;
  }

  /** Hears of a topic over all connections to come; without one it takes effect with the next. */
  subscribe(topic: TaskTopic, callback: (update: UpdateFrame) => void): Unsubscribe {
    const { stream } = this.realtime;
    const leave = stream.subscribe(topic);
    const quiet = stream.onUpdate((update) => covers(topic, update) && callback(update));
    this.connect();
    return () => {
      quiet();
      leave();
    };
  }

  /** Messages of the operators to everybody, each once. */
  onBroadcast(callback: (frame: BroadcastFrame) => void): Unsubscribe {
    const isNew = newcomers(MOST_BROADCASTS);
    return this.realtime.on("broadcast", (frame) => isNew(frame.id) && callback(frame));
  }

  /** The server is about to close. Nothing needs to be done: the next connection takes over. */
  onBye(callback: (frame: ByeFrame) => void): Unsubscribe {
    return this.realtime.on("bye", callback);
  }

  /** Frames that the server refused. */
  onError(callback: (error: ClientError) => void): Unsubscribe {
    return this.realtime.on("error", ({ code, message }) =>
      callback(new RealtimeError(code, message)),
    );
  }

  #submitted(accepted: Accepted): Accepted {
    dropOldest(this.#own.add(accepted.request_id), MOST_OWN);
    this.realtime.stream.note(accepted.request_id, accepted.version);
    return accepted;
  }
}

function taskPath(requestId: string): string {
  return `/tasks/${encodeURIComponent(requestId)}`;
}

function covers(topic: TaskTopic, { request_id, tags }: UpdateFrame): boolean {
  return "tag" in topic ? tags?.includes(topic.tag) === true : request_id === topic.request_id;
}
