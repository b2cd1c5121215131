import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { PageClient as Client } from "../../client/page";
import { isMissingRoute } from "../api/missing-route";
import { type Report, type ReportPage, readReport, readReports } from "../api/reports";
import type { Pulse } from "../state/pulse";
import { createReading } from "../state/reading";

interface Ports {
  client: { http: Pick<Client["http"], "get"> };
  pulse: Pulse;
}

/** The list of reports, and the one that is looked at. */
export function createReports({ client, pulse }: Ports, id: ReadonlySignal<string | null>) {
  const list = createReading<ReportPage>();
  const open = createReading<Report>();
  /** Whether the server keeps reports at all. */
  const offered = signal(true);

  const load = () =>
    list.read(async () => {
      try {
        return await readReports(client.http, null);
      } catch (problem) {
        if (!isMissingRoute(problem)) throw problem;
        offered.value = false;
        return { reports: [], nextCursor: null };
      }
    });

  const more = () => {
    const known = list.value.value;
    if (!known?.nextCursor) return Promise.resolve();
    return list.read(async () => {
      const page = await readReports(client.http, known.nextCursor);
      return { ...page, reports: [...known.reports, ...page.reports] };
    });
  };

  const stop = effect(() => {
    const wanted = id.value;
    open.reset();
    if (wanted !== null) void open.read(() => readReport(client.http, wanted));
  });
  void load();
  // As deep as somebody has gone it stays: a list that shrinks under the hand helps nobody.
  const quiet = pulse.onBeat(() => {
    const shown = list.value.value;
    if (offered.value && (shown?.reports.length ?? 0) <= PAGE) void load();
  });

  return {
    list,
    open,
    offered,
    load,
    more,
    close() {
      stop();
      quiet();
    },
  };
}

/** What the server answers with at most, unasked. */
const PAGE = 20;

export type Reports = ReturnType<typeof createReports>;
