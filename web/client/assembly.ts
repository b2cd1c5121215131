/** Puts one connection's updates in order while tasks are being resumed. Pure. */

import type { ResumedTask, UpdateFrame } from "./protocol.ts";

/** An update as the client's users get it. */
export interface Update extends UpdateFrame {
  /** Whether earlier updates are lost: this one replaces all that was known of the task. */
  gap: boolean;
}

export class Assembly {
  /** By task: what came since its resume was asked for. */
  readonly #held = new Map<string, UpdateFrame[]>();

  get held(): string[] {
    return [...this.#held.keys()];
  }

  /** From now on the task's updates wait for its `resumed`. */
  hold(requestId: string): void {
    if (!this.#held.has(requestId)) this.#held.set(requestId, []);
  }

  /** What can be passed on now: the frame itself, or nothing while its task is held. */
  take(frame: UpdateFrame): Update[] {
    const held = this.#held.get(frame.request_id);
    if (!held) return [{ ...frame, gap: false }];
    held.push(frame);
    return [];
  }

  /** Ends the hold: everything that came meanwhile, each version once and in order. */
  release(requestId: string, { version, recovered }: ResumedTask): Update[] {
    const held = this.#held.get(requestId) ?? [];
    this.#held.delete(requestId);
    const byVersion = new Map(held.map((frame) => [frame.version, frame]));
    const updates = [...byVersion.values()].sort((a, b) => a.version - b.version);
    if (recovered) return updates.map((frame) => ({ ...frame, gap: false }));
    // What is older than the snapshot has holes: the snapshot stands for all of it.
    return updates
      .filter((frame) => frame.version >= version)
      .map((frame, i) => ({ ...frame, gap: i === 0 }));
  }
}
