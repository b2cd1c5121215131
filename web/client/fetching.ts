import { NetworkError } from "./errors.ts";
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
  ports: Pick<Ports, "clock" | "fetch">,
  url: string,
  init: RequestInit,
): Promise<Answer> {
  const stop = new AbortController();
  const timer = ports.clock.after(TIMEOUT_MS, () => stop.abort());
  try {
    const response = await ports.fetch(url, { ...init, signal: stop.signal });
    const text = await response.text();
    return { status: response.status, ok: response.ok, body: parse(text) };
  } catch (error) {
    throw new NetworkError(stop.signal.aborted ? "timeout" : "network", error);
  } finally {
    ports.clock.cancel(timer);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
