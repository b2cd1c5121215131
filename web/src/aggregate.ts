/** The aggregate form: what can be chosen, and the task that a choice makes. Pure. */

import type { DashboardWindow, NewTask } from "../client/page";

export const GROUPS = ["service", "path", "status", "time"] as const;
export const BUCKETS = ["minute", "hour", "day"] as const;
export const WINDOWS: readonly DashboardWindow[] = ["1h", "24h", "7d", "all"];

export type Group = (typeof GROUPS)[number];
export type Bucket = (typeof BUCKETS)[number];

export interface AggregateChoice {
  groups: readonly Group[];
  bucket: Bucket;
  window: DashboardWindow;
}

export const FIRST_CHOICE: AggregateChoice = { groups: ["service"], bucket: "hour", window: "all" };

export function toggled(groups: readonly Group[], group: Group): Group[] {
  return GROUPS.filter((one) => (one === group ? !groups.includes(one) : groups.includes(one)));
}

/** A bucket goes along only where time is a group. Null: nothing was chosen to group by. */
export function toTask({ groups, bucket, window }: AggregateChoice): NewTask | null {
  if (groups.length === 0) return null;
  const input = { group_by: groups, window, ...(groups.includes("time") ? { bucket } : {}) };
  return { kind: "aggregate", input };
}
