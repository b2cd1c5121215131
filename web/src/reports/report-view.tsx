import type { Report } from "../api/reports";
import { Moment } from "../parts/fact";
import { Notice } from "../parts/notice";
import { ResultViewer } from "../results/result";
import { StoredResult } from "../results/stored-result";
import { hrefOf } from "../shell/routes";
import { texts } from "../texts";
import type { Reports } from "./reports-state";

const words = texts.reports;

export function ReportView({ reports: { open } }: { reports: Reports }) {
  const report = open.value.value;
  return (
    <>
      <p>
        <a href={hrefOf("reports")}>← {words.back}</a>
      </p>
      {open.error.value && <Notice message={open.error.value} />}
      {!report && open.busy.value && <p class="muted">{words.loading}</p>}
      {report && <Shown report={report} />}
    </>
  );
}

function Shown({ report }: { report: Report }) {
  const { requestId, title, createdAt, result, input } = report;
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        <p class="muted">
          <Moment at={createdAt} />
        </p>
        <a class="button small" href={hrefOf("tasks", requestId)}>
          {words.task}
        </a>
      </div>
      <section class="card pad stack" data-testid="result" aria-label={title}>
        {result === undefined ? (
          <StoredResult requestId={requestId} />
        ) : (
          <ResultViewer id={requestId} result={result} input={input} />
        )}
      </section>
    </>
  );
}
