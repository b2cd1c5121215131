/** How long to wait before the next try. Pure. */

export interface Backoff {
  /** The first ceiling, doubled with each failure. */
  baseMs: number;
  maxMs: number;
}

export const RECONNECT: Backoff = { baseMs: 500, maxMs: 30_000 };

/**
 * Exponential with jitter over the upper three quarters: clients that lost the same server do not
 * come back in step, and none comes back at once.
 */
export function delayMs(failures: number, random: number, { baseMs, maxMs }: Backoff): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling * (0.25 + 0.75 * random));
}
