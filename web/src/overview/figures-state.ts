import { computed, signal } from "@preact/signals";
import type { PageClient as Client, Dashboard, DashboardWindow } from "../../client/page";
import { createReading } from "../state/reading";

export const WINDOWS: readonly DashboardWindow[] = ["1h", "24h", "7d", "all"];

interface Shown {
  values: Dashboard;
  window: DashboardWindow;
  at: string;
}

/** The three figures over the chosen window. */
export function createFigures(client: Pick<Client, "dashboard">) {
  const window = signal<DashboardWindow>("24h");
  const { value, busy, error, read, reset } = createReading<Shown>();

  function load(): Promise<void> {
    const asked = window.value;
    return read(async () => {
      const values = await client.dashboard(asked);
      return { values, window: asked, at: new Date().toISOString() };
    });
  }

  function choose(next: DashboardWindow): void {
    window.value = next;
    void load();
  }

  return {
    window,
    values: computed(() => value.value?.values ?? null),
    /** The window that `values` belong to. */
    shown: computed(() => value.value?.window ?? window.value),
    readAt: computed(() => value.value?.at ?? null),
    busy,
    error,
    load,
    choose,
    reset,
  };
}

export type Figures = ReturnType<typeof createFigures>;
