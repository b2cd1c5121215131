/** One task, watched: read once, then kept up to date by its frames. */

import type { Client } from "./client.ts";
import { applyUpdate } from "./detail.ts";
import { type ClientError, toClientError } from "./errors.ts";
import type { TaskFeed } from "./feed.ts";
import { isTerminal } from "./frames.ts";
import type { Unsubscribe } from "./ports.ts";
import type { TaskDetail, UpdateFrame } from "./protocol.ts";

export interface DetailCallbacks {
  onDetail: (detail: TaskDetail) => void;
  onError: (error: ClientError) => void;
}

/**
 * Reads the task again after a reconnect, and once at its end: for its attempts, for what it used,
 * and for what the updates that came may have left out. Nothing is polled.
 */
export function watchDetail(
  client: Pick<Client, "get">,
  feed: Pick<TaskFeed, "onUpdate" | "onReload">,
  requestId: string,
  { onDetail, onError }: DetailCallbacks,
): Unsubscribe {
  let detail: TaskDetail | null = null;
  /** Frames that came while a read was under way. */
  let meanwhile: UpdateFrame[] | null = null;
  let round = 0;

  const show = (next: TaskDetail) => {
    detail = next;
    onDetail(next);
  };

  const read = async () => {
    const mine = ++round;
    const frames: UpdateFrame[] = [];
    meanwhile = frames;
    try {
      const found = await client.get(requestId);
      if (mine !== round) return;
      const next = frames.reduce(applyUpdate, found);
      if (!detail || next.version >= detail.version) show(next);
    } catch (error) {
      if (mine === round) onError(toClientError(error));
    } finally {
      if (mine === round) meanwhile = null;
    }
  };

  const take = (frame: UpdateFrame) => {
    if (frame.request_id !== requestId) return;
    meanwhile?.push(frame);
    const next = detail && applyUpdate(detail, frame);
    if (!next || next === detail) return;
    show(next);
    // Attempts and what was used come by no update.
    if (isTerminal(next.status)) void read();
  };

  const detach = [feed.onUpdate(take), feed.onReload(() => void read())];
  void read();
  return () => {
    round++;
    for (const one of detach) one();
  };
}
