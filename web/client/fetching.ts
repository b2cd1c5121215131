import { NetworkError } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { Ports } from "./ports.ts";

export interface Answer {
  status: number;
  ok: boolean;
  /** The parsed body; null when there was none or it was not JSON. */
  body: unknown;
}

const TIMEOUT_MS = 30_000;

/** One HTTP exchange with a time limit, its body read and parsed. Throws only NetworkError. */
export async function exchange(
  { clock, fetch }: Pick<Ports, "clock" | "fetch">,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: string | null,
): Promise<Answer> {
  const stop = new AbortController();
  const timer = clock.after(TIMEOUT_MS, () => stop.abort());
  try {
    const response = await fetch(url, { method, headers, body, signal: stop.signal });
    return { status: response.status, ok: response.ok, body: parseJson(await response.text()) };
  } catch (error) {
    throw new NetworkError(stop.signal.aborted ? "timeout" : "network", error);
  } finally {
    clock.cancel(timer);
  }
}
