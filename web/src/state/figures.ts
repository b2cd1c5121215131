import { signal } from "@preact/signals";
import {
  type PageClient as Client,
  type Dashboard,
  type DashboardWindow,
  SessionEndedError,
  toClientError,
} from "../../client/page";
import { type Message, messageOf } from "../message";

/** The three figures over the chosen window. */
export function createFigures(client: Client) {
  const window = signal<DashboardWindow>("24h");
  const values = signal<Dashboard | null>(null);
  /** The window that `values` belong to. */
  const shown = signal<DashboardWindow>("24h");
  const readAt = signal<string | null>(null);
  const busy = signal(false);
  const error = signal<Message | null>(null);
  let round = 0;

  async function load(): Promise<void> {
    const mine = ++round;
    const asked = window.value;
    busy.value = true;
    try {
      const answer = await client.dashboard(asked);
      if (mine !== round) return;
      values.value = answer;
      shown.value = asked;
      readAt.value = new Date().toISOString();
      error.value = null;
    } catch (problem) {
      if (mine !== round || problem instanceof SessionEndedError) return;
      error.value = messageOf(toClientError(problem));
    } finally {
      if (mine === round) busy.value = false;
    }
  }

  function choose(next: DashboardWindow): void {
    window.value = next;
    void load();
  }

  function reset(): void {
    round++;
    values.value = error.value = readAt.value = null;
    busy.value = false;
  }

  return { window, values, shown, readAt, busy, error, load, choose, reset };
}

export type Figures = ReturnType<typeof createFigures>;
