import type { Report } from "../api/reports";
import { bytes, count } from "../format";
import { Empty } from "../parts/empty";
import { Moment } from "../parts/fact";
import { MoreButton } from "../parts/more-button";
import { Notice } from "../parts/notice";
import { hrefOf } from "../shell/routes";
import { texts } from "../texts";
import type { Reports } from "./reports-state";

const words = texts.reports;

export function ReportList({ reports }: { reports: Reports }) {
  const { list, load, more } = reports;
  const page = list.value.value;
  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <p class="muted">{words.lead}</p>
      </div>
      {list.error.value && <Notice message={list.error.value} onRetry={() => void load()} />}
      <section class="card" aria-label={words.title}>
        {!page && !list.error.value && <p class="muted pad">{words.loading}</p>}
        {page?.reports.length === 0 && <Empty title={words.emptyTitle} lead={words.empty} />}
        {page && page.reports.length > 0 && <Rows reports={page.reports} />}
        {page?.nextCursor && (
          <MoreButton label={words.more} busyLabel={words.moreBusy} onMore={more} />
        )}
      </section>
    </>
  );
}

function Rows({ reports }: { reports: readonly Report[] }) {
  const { columns } = words;
  return (
    <table class="plain-table">
      <thead>
        <tr>
          <th scope="col">{columns.title}</th>
          <th scope="col">{columns.created}</th>
          <th scope="col" class="numeric">
            {columns.rows}
          </th>
          <th scope="col" class="numeric">
            {columns.size}
          </th>
        </tr>
      </thead>
      <tbody>
        {reports.map((report) => (
          <tr key={report.requestId}>
            <td>
              <a href={hrefOf("reports", report.requestId)}>{report.title}</a>
              {report.tags.map((tag) => (
                <span key={tag} class="tag">
                  {tag}
                </span>
              ))}
            </td>
            <td>
              <Moment at={report.createdAt} />
            </td>
            <td class="numeric">{report.rows === null ? words.large : count(report.rows)}</td>
            <td class="numeric">{report.bytes === null ? texts.none : bytes(report.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
