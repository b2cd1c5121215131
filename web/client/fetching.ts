import { NetworkError } from "./errors.ts";
import type { Ports } from "./ports.ts";

export interface Answer {
  status: number;
  ok: boolean;
  /** The parsed body; null when there was none or it was not JSON. */
  body: unknown;
  isJson: boolean;
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
    return { status: response.status, ok: response.ok, ...parse(text) };
  } catch (error) {
    throw new NetworkError(stop.signal.aborted ? "timeout" : "network", error);
  } finally {
    ports.clock.cancel(timer);
  }
}

function parse(text: string): { body: unknown; isJson: boolean } {
  try {
    return { body: JSON.parse(text), isJson: true };
  } catch {
    return { body: null, isJson: false };
  }
}
