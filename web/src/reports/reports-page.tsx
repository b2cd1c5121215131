import { computed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Empty } from "../parts/empty";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { ReportList } from "./report-list";
import { ReportView } from "./report-view";
import { createReports } from "./reports-state";

export function ReportsPage() {
  const { client, pulse, router } = useApp();
  const id = useMemo(() => computed(() => router.route.value.id), []);
  const reports = useMemo(() => createReports({ client, pulse }, id), []);
  useEffect(() => reports.close, []);
  if (!reports.offered.value) {
    return (
      <>
        <h1>{texts.reports.title}</h1>
        <section class="card">
          <Empty
            title={texts.missingRoute.title}
            lead={texts.missingRoute.detail("GET /reports")}
          />
        </section>
      </>
    );
  }
  return id.value === null ? <ReportList reports={reports} /> : <ReportView reports={reports} />;
}
