/** The figures over time that the charts show: over the chosen window, or a part of it. */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { PageClient as Client, DashboardWindow } from "../../client/page";
import { isMissingRoute } from "../api/missing-route";
import { readTimeseries, type Timeseries } from "../api/timeseries";
import { createReading } from "../state/reading";
import { aligned, moved, type Range, rangeOf, scaled } from "./range";

export interface ShownSeries extends Timeseries {
  range: Range;
}

export function createSeries(
  client: { http: Pick<Client["http"], "get"> },
  window: ReadonlySignal<DashboardWindow>,
  now: () => number,
) {
  const { value, busy, error, read } = createReading<ShownSeries>();
  /** A part of the window; null for all of it, up to now. */
  const zoom = signal<Range | null>(null);
  const byService = signal(false);
  /** Whether the server has figures over time at all. */
  const offered = signal(true);

  const current = () => zoom.value ?? rangeOf(window.value, now());

  function load(): Promise<void> {
    const range = current();
    return read(async () => {
      try {
        return { ...(await readTimeseries(client.http, range, byService.value)), range };
      } catch (problem) {
        if (!isMissingRoute(problem)) throw problem;
        offered.value = false;
        return { times: [], series: [], range };
      }
    });
  }

  function choose(next: Range | null): void {
    zoom.value = next;
    void load();
  }

  /** Another window shows all of it. */
  const stop = effect(() => {
    window.value;
    zoom.value = null;
    void untracked(load);
  });

  return {
    shown: value,
    busy,
    error,
    offered,
    byService,
    zoomed: computed(() => zoom.value !== null),
    /** What has been looked at closely stays as it is. */
    refresh: () => (zoom.value === null && offered.value ? load() : Promise.resolve()),
    load,
    close: stop,
    zoomTo: (from: number, to: number) => choose(aligned(from * 1000, to * 1000)),
    zoomIn: () => choose(scaled(current(), 0.5, now())),
    zoomOut: () => choose(scaled(current(), 2, now())),
    earlier: () => choose(moved(current(), -1, now())),
    later: () => choose(moved(current(), 1, now())),
    reset: () => choose(null),
    split(next: boolean) {
      byService.value = next;
      void load();
    },
  };
}

export type SeriesState = ReturnType<typeof createSeries>;
