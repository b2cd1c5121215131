/**
 * What is under way on one connection: which topics it has been asked for, and which tasks are being
 * resumed. Until a task is resumed its updates wait here, so that none is passed on before an older one.
 */

import type { Link } from "./link.ts";
import type { Clock } from "./ports.ts";
import {
  MOST_RESUMED,
  type ResumedFrame,
  type ResumedTask,
  type SubscribedFrame,
  type Topic,
  type UpdateFrame,
} from "./protocol.ts";
import { createTimers } from "./timers.ts";

/** How long a resume waits for the subscriptions before it. */
const SUBSCRIBE_WITHIN_MS = 2_000;
/** After this long an unanswered resume is sent again. */
const RESUME_WITHIN_MS = 15_000;

/** An update as the client's users get it. */
export interface Update extends UpdateFrame {
  /** Whether earlier updates are lost: this one replaces all that was known of the task. */
  gap: boolean;
}

export type Sender = Pick<Link, "send">;

/** Those for whom a channel works. */
export interface Audience {
  /** The least that anybody who wants the task has of it; infinite where nobody does. */
  lastOf(requestId: string): number;
  /** The next update of a task; all between `from` and it have been passed on before, unless there is a gap. */
  pass(frame: UpdateFrame, from: number, gap: boolean): void;
  /** The tenant has no such task. */
  unknown(requestId: string): void;
  /** Nothing is under way any more. */
  caughtUp(link: Sender): void;
}

export interface Channel {
  /** Listens to a topic. */
  subscribe(topic: Topic): void;
  unsubscribe(topic: Topic): void;
  /** Asks for what was missed of tasks, once the subscriptions are in force. */
  resume(requestIds: Iterable<string>): void;
  update(frame: UpdateFrame): void;
  subscribed(frame: SubscribedFrame): void;
  resumed(frame: ResumedFrame): void;
  /** Nothing is sent by itself afterwards. */
  close(): void;
}

/** A task on its way to being resumed. */
interface Resumption {
  /** By version: what came meanwhile. */
  held: Map<number, UpdateFrame>;
  /** From which version it was asked for; null until then. */
  asked: number | null;
  /** Whether the answer to come is not enough: it is then asked for once more. */
  again: boolean;
}

export function openChannel(link: Sender, clock: Clock, audience: Audience): Channel {
  const timers = createTimers<"subscribe" | "resume">(clock);
  /** Topics asked for and not yet confirmed. */
  const unconfirmed = new Set<string>();
  const resumptions = new Map<string, Resumption>();

  /** Has a task resumed; once more if that is under way and will not bring enough. */
  function resume(requestId: string, afresh = false): void {
    const task = resumptions.get(requestId) ?? { held: new Map(), asked: null, again: false };
    resumptions.set(requestId, task);
    if (task.asked !== null && (afresh || audience.lastOf(requestId) < task.asked)) {
      task.again = true;
    }
  }

  /** Goes on to the resumes once every subscription is settled, and to the end once these are. */
  function proceed(): void {
    if (unconfirmed.size > 0) return;
    timers.cancel("subscribe");
    sendDue();
    if (resumptions.size > 0) return;
    timers.cancel("resume");
    audience.caughtUp(link);
  }

  function sendDue(): void {
    const due = [...resumptions].filter(([, { asked }]) => asked === null);
    if (due.length === 0) return;
    for (let i = 0; i < due.length; i += MOST_RESUMED) {
      const tasks: Record<string, number> = {};
      for (const [id, task] of due.slice(i, i + MOST_RESUMED)) {
        const last = audience.lastOf(id);
        tasks[id] = task.asked = Number.isFinite(last) ? last : 0;
      }
      link.send({ action: "resume", tasks });
    }
    timers.set("resume", RESUME_WITHIN_MS, () => {
      for (const task of resumptions.values()) task.asked = null;
      proceed();
    });
  }

  return {
    resume(requestIds) {
      for (const id of requestIds) resume(id);
      proceed();
    },
    subscribe(topic) {
      unconfirmed.add(keyOf(topic));
      timers.set("subscribe", SUBSCRIBE_WITHIN_MS, () => {
        // Refused, or slow; a late confirmation tells whether anything was missed.
        unconfirmed.clear();
        proceed();
      });
      link.send({ action: "subscribe", ...topic });
    },
    unsubscribe(topic) {
      unconfirmed.delete(keyOf(topic));
      link.send({ action: "unsubscribe", ...topic });
    },
    update(frame) {
      const task = resumptions.get(frame.request_id);
      if (task) task.held.set(frame.version, frame);
      else audience.pass(frame, 0, false);
    },
    subscribed({ topic, version }) {
      unconfirmed.delete(keyOf(topic));
      // What the task did before may have been missed, and a resume under way may have looked too soon.
      if ("request_id" in topic && (version ?? 0) > audience.lastOf(topic.request_id)) {
        resume(topic.request_id, true);
      }
      proceed();
    },
    resumed({ tasks }) {
      for (const [id, resumed] of Object.entries(tasks)) {
        const task = resumptions.get(id);
        resumptions.delete(id);
        for (const [i, frame] of inOrder(task, resumed).entries()) {
          audience.pass(frame, task?.asked ?? 0, !resumed.recovered && i === 0);
        }
        if (resumed.version === 0) audience.unknown(id);
        if (task?.again) resume(id);
      }
      proceed();
    },
    close: timers.cancelAll,
  };
}

/** What was held of a task, each version once and in order. */
function inOrder(task: Resumption | undefined, { version, recovered }: ResumedTask): UpdateFrame[] {
  const held = [...(task?.held.values() ?? [])].sort((a, b) => a.version - b.version);
  // What is older than the snapshot has holes: the snapshot stands for all of it.
  return recovered ? held : held.filter((frame) => frame.version >= version);
}

/** The same for the same topic, and for what confirms it. */
export function keyOf(topic: Topic): string {
  return JSON.stringify(topic);
}
