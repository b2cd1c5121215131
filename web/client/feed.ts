/**
 * The live list of tasks. Connects first and lists afterwards, each time a connection is made: an
 * update is then either in the list or comes after it, and versions say which is newer.
 */

import { delayMs } from "./backoff.ts";
import type { Client } from "./client.ts";
import type { ConnectionState } from "./connection.ts";
import { type ClientError, RealtimeError, toClientError } from "./errors.ts";
import { isTerminal } from "./frames.ts";
import { createListeners } from "./listeners.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import type { Accepted, NewTask, TaskPage, UpdateFrame } from "./protocol.ts";
import { SessionEndedError } from "./sign-in-errors.ts";
import { EMPTY, reduce, type TaskList, type TaskListEvent } from "./tasks.ts";
import { createTimers, type Timers } from "./timers.ts";

const PAGE = 50;
const LARGEST_PAGE = 100;
/** With more tasks than these the list begins afresh: a page that stays open for days does not grow without end. */
const MOST_KEPT = 1_000;
/** Updates that come within a frame of the screen are shown together. */
const GATHER_MS = 16;

type FeedClient = Pick<Client, "realtime" | "list" | "submit">;

export class TaskFeed {
  readonly #client: FeedClient;
  readonly #ports: Pick<Ports, "clock" | "random">;
  readonly #lists = createListeners<TaskList>();
  readonly #updates = createListeners<UpdateFrame>();
  readonly #errors = createListeners<ClientError>();
  readonly #reloads = createListeners<void>();
  readonly #detach: Unsubscribe[] = [];
  #list: TaskList = EMPTY;
  readonly #timers: Timers<"gather" | "retry">;
  #gathered: UpdateFrame[] = [];
  /** Whether there was no connection a moment ago. */
  #away = true;
  /** How many tasks are too many. */
  #limit = MOST_KEPT;
  /** Counts reloads, so that only the newest one's answer is taken. */
  #round = 0;

  constructor(client: FeedClient, ports: Pick<Ports, "clock" | "random">) {
    this.#client = client;
    this.#ports = ports;
    this.#timers = createTimers(ports.clock);
  }

  get list(): TaskList {
    return this.#list;
  }

  onList(callback: (list: TaskList) => void): Unsubscribe {
    return this.#lists.add(callback);
  }

  /** Every update, each version of a task once and in order. */
  onUpdate(callback: (frame: UpdateFrame) => void): Unsubscribe {
    return this.#updates.add(callback);
  }

  /** A list that could not be loaded, or an error frame from the server. */
  onError(callback: (error: ClientError) => void): Unsubscribe {
    return this.#errors.add(callback);
  }

  /** Called whenever updates may have been missed and everything shown should be read again. */
  onReload(callback: () => void): Unsubscribe {
    return this.#reloads.add(callback);
  }

  start(): void {
    this.#detach.push(
      this.#client.realtime.on("error", ({ code, message }) => {
        this.#errors.emit(new RealtimeError(code, message));
      }),
      this.#client.realtime.stream.onUpdate((update) => this.#take(update)),
      this.#client.realtime.onState((state) => this.#follow(state)),
    );
    this.#client.realtime.start();
    // Somebody else may have connected before.
    if (this.#client.realtime.state.name === "open") this.#follow(this.#client.realtime.state);
  }

  stop(): void {
    this.#client.realtime.stop();
    for (const detach of this.#detach.splice(0)) detach();
    this.#round++;
    this.#timers.cancelAll();
    this.#gathered = [];
    this.#away = true;
    this.#limit = MOST_KEPT;
    this.#list = EMPTY;
    this.#lists.emit(EMPTY);
  }

  /**
   * Submits a task and shows it at once; its updates follow by themselves. With a key of the
   * caller's it can be submitted again after an error, and is still one task.
   */
  async submit(task: NewTask, key?: string): Promise<string> {
    const accepted = await this.#client.submit(task, { ...(key && { key }), wait: false });
    this.show(task, accepted);
    return accepted.request_id;
  }

  /** Shows a task that was submitted by other means than this feed's. */
  show(task: NewTask, accepted: Accepted): void {
    const at = new Date(this.#ports.clock.now()).toISOString();
    this.#apply({ type: "submitted", task, accepted, at });
  }

  async loadMore(): Promise<void> {
    const cursor = this.#list.nextCursor;
    if (cursor === null) return;
    const round = this.#round;
    const page = await this.#client.list({ limit: PAGE, cursor });
    if (round !== this.#round) return;
    this.#apply({ type: "page", page });
    // Whoever goes that deep wants to stay there.
    this.#limit = Math.max(this.#limit, 2 * this.#list.tasks.length);
  }

  #follow({ name }: ConnectionState): void {
    // A connection that took over from another without a gap leaves nothing to read again.
    if (name === "open" && this.#away) this.#reload(0);
    // Without a socket there is still a list to show.
    if (name === "waiting" && !this.#list.loaded) this.#reload(0);
    this.#away = name !== "open";
  }

  #reload(failures: number): void {
    const round = ++this.#round;
    this.#timers.cancel("retry");
    this.#load(round).catch((error: unknown) => this.#reloadFailed(round, failures + 1, error));
  }

  async #load(round: number): Promise<void> {
    const page = await this.#newest(this.#list.tasks.length);
    if (round !== this.#round) return;
    this.#apply({ type: "reloaded", page });
    this.#reloads.emit();
  }

  /** At least as many of the newest tasks as are shown now, so that none of those is left stale. */
  async #newest(depth: number): Promise<TaskPage> {
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, depth));
    const whole = await this.#client.list({ limit });
    while (whole.next_cursor !== null && whole.tasks.length < depth) {
      const page = await this.#client.list({ limit, cursor: whole.next_cursor });
      whole.tasks.push(...page.tasks);
      whole.next_cursor = page.next_cursor;
    }
    return whole;
  }

  #reloadFailed(round: number, failures: number, error: unknown): void {
    if (round !== this.#round || error instanceof SessionEndedError) return;
    this.#errors.emit(toClientError(error));
    const ms = delayMs(failures, this.#ports.random());
    this.#timers.set("retry", ms, () => this.#reload(failures));
  }

  #take(frame: UpdateFrame): void {
    this.#gathered.push(frame);
    if (!this.#timers.has("gather")) this.#timers.set("gather", GATHER_MS, () => this.#flush());
    this.#updates.emit(frame);
  }

  /** What is shown as running is resumed after the next reconnect. */
  #note({ tasks }: TaskList): void {
    for (const { request_id, version, status } of tasks) {
      if (!isTerminal(status)) this.#client.realtime.stream.note(request_id, version);
    }
  }

  #flush(): void {
    this.#apply({ type: "updates", frames: this.#gathered.splice(0) });
    if (this.#list.tasks.length > this.#limit) void this.#beginAfresh();
  }

  /** Keeps the newest and a cursor to the others. One that fails is tried again when there are twice as many. */
  async #beginAfresh(): Promise<void> {
    const round = this.#round;
    this.#limit = 2 * this.#list.tasks.length;
    const page = await this.#newest(0).catch(() => null);
    if (!page || round !== this.#round) return;
    this.#limit = MOST_KEPT;
    this.#apply({ type: "reloaded", page });
  }

  #apply(event: TaskListEvent): void {
    const next = reduce(this.#list, event);
    this.#list = next;
    // What changes by updates is noted where they come from.
    if (event.type !== "updates") this.#note(next);
    this.#lists.emit(next);
  }
}
