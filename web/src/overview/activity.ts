/** What goes on right now, counted from the live updates: nothing is asked of the server. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { PageClient as Client, TaskList } from "../../client/page";
import { now } from "../state/now";

/** Seconds that are shown. */
export const SPAN = 60;

/** Counts by the second, in a ring. */
export function createCounts(span = SPAN) {
  const counts = new Array<number>(span).fill(0);
  const seconds = new Array<number>(span).fill(-1);
  return {
    add(second: number): void {
      const place = second % span;
      if (seconds[place] !== second) counts[place] = 0;
      seconds[place] = second;
      counts[place] = (counts[place] ?? 0) + 1;
    },
    /** The last `span` seconds up to this one, oldest first. */
    until(second: number): number[] {
      return counts.map((_, i) => {
        const at = second - span + 1 + i;
        const place = ((at % span) + span) % span;
        return seconds[place] === at ? (counts[place] ?? 0) : 0;
      });
    },
  };
}

export function createActivity(
  client: { feed: Pick<Client["feed"], "onUpdate"> },
  list: ReadonlySignal<TaskList>,
) {
  const counts = createCounts();
  const second = () => Math.floor(Date.now() / 1000);
  const close = client.feed.onUpdate(() => counts.add(second()));
  return {
    /** Redrawn once a second, however many updates there were. */
    perSecond: computed(() => counts.until(Math.floor(now.value / 1000))),
    running: computed(() => inPhase(list.value, "running")),
    queued: computed(() => inPhase(list.value, "queued")),
    close,
  };
}

function inPhase({ tasks }: TaskList, phase: "running" | "queued"): number {
  return tasks.filter((task) => task.status === "processing" && task.phase === phase).length;
}
