/**
 * The updates of all tasks in order, over however many connections. Each new connection first
 * subscribes to what is wanted, then resumes what was being followed; until a task is resumed there
 * its updates wait, so that none is passed on before an older one.
 */

import { Assembly, type Update } from "./assembly.ts";
import { isTerminal, type ParsedFrame } from "./frames.ts";
import type { Link } from "./link.ts";
import { Listeners } from "./listeners.ts";
import type { Clock, Unsubscribe } from "./ports.ts";
import { MOST_RESUMED, type ResumedTask, type Topic, type UpdateFrame } from "./protocol.ts";
import { Recent } from "./recent.ts";
import { Timers } from "./timers.ts";

/** How long a resume waits for the subscriptions before it. */
const SUBSCRIBE_WITHIN_MS = 2_000;
/** After this long an unanswered resume is sent again. */
const RESUME_WITHIN_MS = 15_000;
/** Running tasks that are resumed though nobody watches them; the longest unheard goes first. */
const MOST_NOTED = 1_000;
/** Operators' copies that are remembered, to tell duplicates. */
const MOST_COPIES = 500;

/** One who follows a task. */
export interface Follower {
  /** The last version it has. */
  last: number;
  /** Whether the user's own subscription covers the task. */
  own: boolean;
  take(update: Update): void;
  /** The tenant has no such task. */
  unknown(): void;
}

/** What is under way on one connection. */
interface Channel {
  assembly: Assembly;
  /** Topics asked for and not yet confirmed. */
  unconfirmed: Map<string, Topic>;
  /** Tasks to be resumed when they are. */
  due: Set<string>;
  /** From which version the resumes under way began. */
  asked: Map<string, number>;
  /** Tasks to be resumed once more when the resume under way has ended. */
  again: Set<string>;
  timers: Timers<"subscribe" | "resume">;
}

type Sender = Pick<Link, "send">;

export class Stream {
  readonly #clock: Clock;
  readonly #caughtUp: (link: Sender) => void;
  readonly #channels = new Map<Sender, Channel>();
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #topics = new Map<string, { topic: Topic; users: number }>();
  /** The last version of tasks that are running, as far as they are known. */
  readonly #noted = new Map<string, number>();
  readonly #copies = new Recent(MOST_COPIES);
  readonly #updates = new Listeners<Update>();
  readonly #operators = new Listeners<UpdateFrame>();

  constructor(clock: Clock, caughtUp: (link: Sender) => void) {
    this.#clock = clock;
    this.#caughtUp = caughtUp;
  }

  /** Every task's updates, each version once and in order. */
  onUpdate(callback: (update: Update) => void): Unsubscribe {
    return this.#updates.add(callback);
  }

  /** The operators' stream; needs a subscription to it. */
  onOperators(callback: (frame: UpdateFrame) => void): Unsubscribe {
    return this.#operators.add(callback);
  }

  /** Remembers how far a task is known, so that a later connection resumes it from there. */
  note(requestId: string, version: number, running: boolean): void {
    const known = this.#noted.get(requestId) ?? 0;
    this.#noted.delete(requestId);
    if (!running) return;
    this.#noted.set(requestId, Math.max(known, version));
    const [oldest] = this.#noted.keys();
    if (oldest !== undefined && this.#noted.size > MOST_NOTED) this.#noted.delete(oldest);
  }

  /** Listens to a topic, now and on every later connection. */
  subscribe(topic: Topic): Unsubscribe {
    const key = keyOf(topic);
    const entry = this.#topics.get(key) ?? { topic, users: 0 };
    this.#topics.set(key, entry);
    if (entry.users++ === 0) {
      for (const [link, channel] of this.#channels) this.#ask(link, channel, topic);
    }
    return once(() => {
      if (--entry.users > 0) return;
      this.#topics.delete(key);
      for (const [link, channel] of this.#channels) {
        channel.unconfirmed.delete(key);
        link.send({ action: "unsubscribe", ...topic });
      }
    });
  }

  /** Passes on everything of a task after the follower's last version. */
  follow(requestId: string, follower: Follower): Unsubscribe {
    const all = this.#followers.get(requestId) ?? new Set();
    this.#followers.set(requestId, all.add(follower));
    const unsubscribe = follower.own ? undefined : this.subscribe({ request_id: requestId });
    for (const [link, channel] of this.#channels) this.#resume(link, channel, [requestId]);
    return once(() => {
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(requestId) === all) {
        this.#followers.delete(requestId);
      }
      unsubscribe?.();
    });
  }

  /** A connection is open: subscribes, then resumes. */
  attach(link: Sender): void {
    const channel: Channel = {
      assembly: new Assembly(),
      unconfirmed: new Map(),
      due: new Set(),
      asked: new Map(),
      again: new Set(),
      timers: new Timers(this.#clock),
    };
    this.#channels.set(link, channel);
    for (const { topic } of this.#topics.values()) this.#ask(link, channel, topic);
    this.#resume(link, channel, new Set([...this.#followers.keys(), ...this.#noted.keys()]));
    this.#settle(link, channel);
  }

  detach(link: Sender): void {
    this.#channels.get(link)?.timers.cancelAll();
    this.#channels.delete(link);
  }

  take(link: Sender, frame: ParsedFrame): void {
    const channel = this.#channels.get(link);
    if (!channel) return;
    switch (frame.type) {
      case "update":
        if (frame.stream !== undefined) this.#takeCopy(frame);
        else for (const update of channel.assembly.take(frame)) this.#pass(update);
        break;
      case "subscribed":
        this.#confirm(link, channel, frame.topic, frame.version);
        break;
      case "resumed":
        for (const [id, task] of Object.entries(frame.tasks)) {
          this.#release(channel, id, task);
          if (channel.again.delete(id)) this.#resume(link, channel, [id]);
        }
        this.#settle(link, channel);
        break;
    }
  }

  #ask(link: Sender, channel: Channel, topic: Topic): void {
    channel.unconfirmed.set(keyOf(topic), topic);
    channel.timers.set("subscribe", SUBSCRIBE_WITHIN_MS, () => {
      // Refused, or slow; a late confirmation tells whether anything was missed.
      channel.unconfirmed.clear();
      this.#sendDue(link, channel);
      this.#settle(link, channel);
    });
    link.send({ action: "subscribe", ...topic });
  }

  #confirm(link: Sender, channel: Channel, topic: Topic, version: number | null): void {
    channel.unconfirmed.delete(keyOf(topic));
    if ("request_id" in topic && version !== null) {
      const id = topic.request_id;
      const missing = version > (this.#lastOf(id) ?? version);
      // A resume under way may have looked before the subscription was in force.
      if (missing && channel.asked.has(id)) channel.again.add(id);
      else if (missing) this.#resume(link, channel, [id]);
    }
    if (channel.unconfirmed.size > 0) return;
    channel.timers.cancel("subscribe");
    this.#sendDue(link, channel);
    this.#settle(link, channel);
  }

  #resume(link: Sender, channel: Channel, ids: Iterable<string>): void {
    for (const id of ids) {
      channel.assembly.hold(id);
      const asked = channel.asked.get(id);
      if (asked === undefined) channel.due.add(id);
      else if ((this.#lastOf(id) ?? asked) < asked) channel.again.add(id);
    }
    if (channel.unconfirmed.size === 0) this.#sendDue(link, channel);
  }

  #sendDue(link: Sender, channel: Channel): void {
    const ids = [...channel.due];
    channel.due.clear();
    for (let from = 0; from < ids.length; from += MOST_RESUMED) {
      const chunk = ids.slice(from, from + MOST_RESUMED);
      const tasks = Object.fromEntries(chunk.map((id) => [id, this.#lastOf(id) ?? 0]));
      for (const id of chunk) channel.asked.set(id, tasks[id] ?? 0);
      link.send({ action: "resume", tasks });
    }
    if (ids.length === 0) return;
    channel.timers.set("resume", RESUME_WITHIN_MS, () => {
      channel.asked.clear();
      this.#resume(link, channel, channel.assembly.held);
    });
  }

  /** The least that anybody who wants the task has of it; null where nobody does. */
  #lastOf(requestId: string): number | null {
    const versions = [...(this.#followers.get(requestId) ?? [])].map(({ last }) => last);
    const noted = this.#noted.get(requestId);
    if (noted !== undefined) versions.push(noted);
    return versions.length > 0 ? Math.min(...versions) : null;
  }

  #release(channel: Channel, requestId: string, resumed: ResumedTask): void {
    const from = channel.asked.get(requestId) ?? 0;
    channel.asked.delete(requestId);
    for (const update of channel.assembly.release(requestId, resumed)) this.#pass(update, from);
    if (resumed.version > 0) return;
    this.#noted.delete(requestId);
    for (const follower of [...(this.#followers.get(requestId) ?? [])]) follower.unknown();
  }

  #settle(link: Sender, channel: Channel): void {
    if (channel.assembly.held.length > 0 || channel.unconfirmed.size > 0) return;
    channel.timers.cancel("resume");
    this.#caughtUp(link);
  }

  /** Followers who lack more than what came after `from` are served by a resume of their own. */
  #pass(update: Update, from = 0): void {
    const { request_id, version } = update;
    for (const follower of [...(this.#followers.get(request_id) ?? [])]) {
      // A snapshot that another connection has overtaken tells nothing new either.
      if (follower.last < from || version <= follower.last) continue;
      const gap = update.gap && version !== follower.last + 1;
      follower.last = version;
      follower.take({ ...update, gap });
    }
    if (version <= (this.#noted.get(request_id) ?? 0)) return;
    this.note(request_id, version, !isTerminal(update.status));
    this.#updates.emit(update);
  }

  #takeCopy(frame: UpdateFrame): void {
    const key = `${frame.request_id} ${frame.version}`;
    if (this.#copies.add(key)) this.#operators.emit(frame);
  }
}

function keyOf(topic: Topic): string {
  return JSON.stringify(topic);
}

function once(run: () => void): Unsubscribe {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}
