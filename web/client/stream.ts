/**
 * The updates of all tasks in order, over however many connections. Each new connection first
 * subscribes to what is wanted, then resumes what was being followed.
 */

import { type Channel, keyOf, openChannel, type Sender, type Update } from "./channel.ts";
import { type ClientError, LocalError } from "./errors.ts";
import { isTerminal, type ParsedFrame } from "./frames.ts";
import { createListeners } from "./listeners.ts";
import type { Clock, Unsubscribe } from "./ports.ts";
import type { Topic, UpdateFrame } from "./protocol.ts";
import { dropOldest } from "./recent.ts";

/** Running tasks that are resumed though nobody watches them; the longest unheard goes first. */
const MOST_NOTED = 1_000;

/** One who follows a task. */
export interface Follower {
  /** The last version it has. */
  last: number;
  /** Whether the user's own subscription covers the task. */
  own: boolean;
  take(update: Update): void;
  /** Nothing comes afterwards. */
  fail(error: ClientError): void;
}

export interface Stream {
  /** Every task's updates, each version once and in order. */
  onUpdate(callback: (update: Update) => void): Unsubscribe;
  /** Remembers how far a running task is known, so that a later connection resumes it from there. */
  note(requestId: string, version: number): void;
  /** Listens to a topic, now and on every later connection. */
  subscribe(topic: Topic): Unsubscribe;
  /** Passes on everything of a task after the follower's last version. */
  follow(requestId: string, follower: Follower): Unsubscribe;
  /** A connection is open: subscribes, then resumes. */
  attach(link: Sender): void;
  detach(link: Sender): void;
  take(link: Sender, frame: ParsedFrame): void;
  /** Tells all who follow a task that nothing will come any more. */
  close(): void;
}

/** `caughtUp` hears when a connection has brought all that was asked of it. */
export function createStream(clock: Clock, caughtUp: (link: Sender) => void): Stream {
  const channels = new Map<Sender, Channel>();
  const followers = new Map<string, Set<Follower>>();
  const topics = new Map<string, { topic: Topic; users: Set<object> }>();
  /** The last version of tasks that are running, as far as they are known. */
  const noted = new Map<string, number>();
  const updates = createListeners<Update>();

  const following = (requestId: string) => [...(followers.get(requestId) ?? [])];

  function fail(requestId: string, error: ClientError): void {
    for (const follower of following(requestId)) follower.fail(error);
  }

  function note(requestId: string, version: number): void {
    const known = noted.get(requestId) ?? 0;
    noted.delete(requestId);
    dropOldest(noted.set(requestId, Math.max(known, version)), MOST_NOTED);
  }

  function lastOf(requestId: string): number {
    const versions = following(requestId).map(({ last }) => last);
    return Math.min(noted.get(requestId) ?? Number.POSITIVE_INFINITY, ...versions);
  }

  function unknown(requestId: string): void {
    noted.delete(requestId);
    fail(requestId, new LocalError("task_not_found"));
  }

  /** Followers who lack more than what came after `from` are served by a resume of their own. */
  function pass(frame: UpdateFrame, from: number, gap: boolean): void {
    const { request_id, version } = frame;
    for (const follower of following(request_id)) {
      // A snapshot that another connection has overtaken tells nothing new either.
      const { last } = follower;
      if (last < from || version <= last) continue;
      follower.last = version;
      follower.take({ ...frame, gap: gap && version !== last + 1 });
    }
    if (version <= (noted.get(request_id) ?? 0)) return;
    if (isTerminal(frame.status)) noted.delete(request_id);
    else note(request_id, version);
    updates.emit({ ...frame, gap });
  }

  function subscribe(topic: Topic): Unsubscribe {
    const key = keyOf(topic);
    const user = {};
    const { users } = topics.get(key) ?? { users: new Set() };
    topics.set(key, { topic, users: users.add(user) });
    if (users.size === 1) for (const channel of channels.values()) channel.subscribe(topic);
    return () => {
      if (!users.delete(user) || users.size > 0) return;
      topics.delete(key);
      for (const channel of channels.values()) channel.unsubscribe(topic);
    };
  }

  return {
    onUpdate: (callback) => updates.add(callback),
    note,
    subscribe,
    follow(requestId, follower) {
      const all = followers.get(requestId) ?? new Set();
      followers.set(requestId, all.add(follower));
      const unsubscribe = follower.own ? undefined : subscribe({ request_id: requestId });
      for (const channel of channels.values()) channel.resume([requestId]);
      return () => {
        if (all.delete(follower) && all.size === 0) followers.delete(requestId);
        unsubscribe?.();
      };
    },
    attach(link) {
      const channel = openChannel(link, clock, { lastOf, pass, unknown, caughtUp });
      channels.set(link, channel);
      for (const { topic } of topics.values()) channel.subscribe(topic);
      channel.resume([...followers.keys(), ...noted.keys()]);
    },
    detach(link) {
      channels.get(link)?.close();
      channels.delete(link);
    },
    take(link, frame) {
      const channel = channels.get(link);
      // A copy on a stream of its own is not for those who follow the task.
      if (frame.type === "update" && !frame.stream) channel?.update(frame);
      if (frame.type === "subscribed") channel?.subscribed(frame);
      if (frame.type === "resumed") channel?.resumed(frame);
    },
    close() {
      for (const requestId of followers.keys()) fail(requestId, new LocalError("closed"));
    },
  };
}
