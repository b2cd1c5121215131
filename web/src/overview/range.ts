/** The stretch of time that the charts show, and how finely. Pure; times in milliseconds. */

import type { DashboardWindow } from "../../client/page";

export type Bucket = "minute" | "hour" | "day";

export interface Range {
  from: number;
  /** Not included. */
  to: number;
  bucket: Bucket;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const BUCKETS: Record<Bucket, number> = { minute: MINUTE, hour: HOUR, day: DAY };

/** The server's limit. */
const MOST_BUCKETS = 1_500;
/** Finer is noise: a chart is some 600 pixels wide. */
const GOOD_BUCKETS = 400;
/** A chart of less than this says nothing. */
const LEAST_BUCKETS = 5;

/** "All" as far as one year goes: days beyond are not told apart on a screen. */
const SPANS: Record<DashboardWindow, number> = {
  "1h": HOUR,
  "24h": DAY,
  "7d": 7 * DAY,
  all: 365 * DAY,
};

export function rangeOf(window: DashboardWindow, now: number): Range {
  return aligned(now - SPANS[window], now);
}

/** The finest buckets that are not too many, whole ones at both ends. */
export function aligned(from: number, to: number): Range {
  const names = Object.keys(BUCKETS) as Bucket[];
  const bucket = names.find((name) => (to - from) / BUCKETS[name] <= GOOD_BUCKETS) ?? "day";
  const size = BUCKETS[bucket];
  const end = Math.ceil(to / size) * size;
  const start = Math.max(Math.floor(from / size) * size, end - MOST_BUCKETS * size);
  return { from: Math.min(start, end - LEAST_BUCKETS * size), to: end, bucket };
}

/** Half or twice as long about the same middle; never into the future. */
export function scaled({ from, to }: Range, factor: number, now: number): Range {
  const [middle, half] = [(from + to) / 2, ((to - from) * factor) / 2];
  return shiftedTo(middle - half, middle + half, now);
}

/** Earlier or later by half its length. */
export function moved({ from, to }: Range, direction: 1 | -1, now: number): Range {
  const by = (direction * (to - from)) / 2;
  return shiftedTo(from + by, to + by, now);
}

function shiftedTo(from: number, to: number, now: number): Range {
  const over = Math.max(0, to - Math.max(now, 0));
  return aligned(from - over, to - over);
}
