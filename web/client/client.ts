/** What a program does with tasks: submit, watch, list, cancel. */

import { Api, type TokenSource } from "./api.ts";
import type { ConnectionState } from "./connection.ts";
import { type ClientError, LocalError, RealtimeError } from "./errors.ts";
import { Listeners } from "./listeners.ts";
import { Outbox } from "./outbox.ts";
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
  Topic,
  UpdateFrame,
} from "./protocol.ts";
import { Realtime } from "./realtime.ts";
import { Recent } from "./recent.ts";
import { Watch, type WatchOptions } from "./watch.ts";

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
  readonly api: Api;
  readonly realtime: Realtime;
  readonly outbox: Outbox;
  readonly ports: Ports;
  readonly #watches = new Set<Watch>();
  readonly #broadcasts = new Listeners<BroadcastFrame>();
  readonly #byes = new Listeners<ByeFrame>();
  readonly #errors = new Listeners<ClientError>();
  readonly #heard = new Recent(MOST_BROADCASTS);
  /** Tasks that were submitted here: the user's own updates cover them. */
  readonly #own = new Recent(MOST_OWN);

  constructor(settings: CoreSettings, ports: Ports) {
    const { token } = settings;
    const tokens = typeof token === "function" ? { token, renew: token } : token;
    this.ports = ports;
    this.api = new Api(settings.httpUrl, tokens, ports);
    this.outbox = new Outbox(ports, settings.queueLimit ?? 100);
    this.realtime = new Realtime(() => this.api.ticket(), ports, settings.offerSubprotocol);
    this.realtime.onState(({ name }) => name === "open" && this.outbox.kick());
    this.realtime.onFrame((frame) => {
      if (frame.type === "broadcast" && this.#heard.add(frame.id)) this.#broadcasts.emit(frame);
      if (frame.type === "bye") this.#byes.emit(frame);
      if (frame.type === "error") this.#errors.emit(new RealtimeError(frame.code, frame.message));
    });
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
    for (const watch of [...this.#watches]) {
      watch.fail(new LocalError("closed", "The client was closed"));
    }
    this.#watches.clear();
  }

  /** However often it has to be sent, it makes one task: the key says that it is the same. */
  async submit(task: NewTask, { key = this.ports.key() } = {}): Promise<Accepted> {
    const accepted = await this.outbox.run(() => this.api.submitTask(task, key));
    this.#submitted(accepted);
    return accepted;
  }

  /** Up to 100 tasks; each is taken or refused on its own, and made once. */
  async submitBatch(tasks: readonly BatchTask[]): Promise<BatchOutcome[]> {
    const keyed = tasks.map((task) => ({ idempotency_key: this.ports.key(), ...task }));
    const outcomes = (await this.outbox.run(() => this.api.submitBatch(keyed))).tasks;
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
    const all = { from: version, ...options };
    const watch = new Watch(this.realtime.stream, request_id, own, all, () =>
      this.#watches.delete(watch),
    );
    this.#watches.add(watch);
    this.connect();
    return watch;
  }

  /** One page, newest first. */
  list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.api.listTasks(query);
  }

  /** All that match, page by page as they are asked for. */
  async *all(query: TaskQuery = {}): AsyncGenerator<TaskSummary, void, undefined> {
    let page = await this.list(query);
    yield* page.tasks;
    while (page.next_cursor !== null) {
      page = await this.list({ ...query, cursor: page.next_cursor });
      yield* page.tasks;
    }
  }

  get(requestId: string): Promise<TaskDetail> {
    return this.api.task(requestId);
  }

  result(requestId: string): Promise<TaskResult> {
    return this.api.taskResult(requestId);
  }

  /** Also while it is running. Waits for the server if need be: to cancel twice is to cancel. */
  cancel(requestId: string): Promise<TaskDetail> {
    return this.outbox.run(() => this.api.cancelTask(requestId));
  }

  /** Runs one again that did not complete. Does not wait for the server: it may have run since. */
  async retry(requestId: string): Promise<Accepted> {
    const accepted = await this.api.retryTask(requestId);
    // Not one's own for that: a task of another in the tenant can be run again too.
    this.realtime.stream.note(accepted.request_id, accepted.version, true);
    return accepted;
  }

  /** Hears of a topic over all connections to come; without one it takes effect with the next. */
  subscribe(topic: Topic, callback: (update: UpdateFrame) => void): Unsubscribe {
    const { stream } = this.realtime;
    const leave = stream.subscribe(topic);
    const quiet =
      "stream" in topic
        ? stream.onOperators(callback)
        : stream.onUpdate((update) => {
            if (covers(topic, update)) callback(update);
          });
    this.connect();
    return () => {
      quiet();
      leave();
    };
  }

  /** Messages of the operators to everybody, each once. */
  onBroadcast(callback: (frame: BroadcastFrame) => void): Unsubscribe {
    return this.#broadcasts.add(callback);
  }

  /** The server is about to close. Nothing needs to be done: the next connection takes over. */
  onBye(callback: (frame: ByeFrame) => void): Unsubscribe {
    return this.#byes.add(callback);
  }

  /** Frames that the server refused. */
  onError(callback: (error: ClientError) => void): Unsubscribe {
    return this.#errors.add(callback);
  }

  #submitted({ request_id, version }: Accepted): void {
    this.#own.add(request_id);
    this.realtime.stream.note(request_id, version, true);
  }
}

function covers(topic: Topic, update: UpdateFrame): boolean {
  if ("tag" in topic) return update.tags?.includes(topic.tag) ?? false;
  return "request_id" in topic && topic.request_id === update.request_id;
}
