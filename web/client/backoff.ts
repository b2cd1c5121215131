/** How long to wait before the next try. Pure. */

/** The first ceiling, doubled with each failure. */
const BASE_MS = 500;
const MOST_MS = 30_000;

/**
 * After so many failures in a row, of which there is at least one. Exponential with jitter over the
 * upper three quarters: clients that lost the same server do not come back in step, and none comes
 * back at once.
 */
export function delayMs(failures: number, random: number): number {
  const ceiling = Math.min(MOST_MS, BASE_MS * 2 ** (failures - 1));
  return Math.round(ceiling * (0.25 + 0.75 * random));
}
