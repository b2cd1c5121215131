import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { isTerminal, type TaskDetail } from "../../client/page";
import { Segments } from "../parts/segments";
import { texts } from "../texts";
import { Downloads } from "./downloads";
import { FileView } from "./file-view";
import { ResultChart } from "./result-chart";
import { ResultTable } from "./result-table";
import { StoredResult } from "./stored-result";
import { SummaryView } from "./summary-view";
import { type View, type Views, viewsOf } from "./views";

export function Result({ task }: { task: TaskDetail }) {
  if (isTerminal(task.status) && task.status !== "completed") return null;
  return (
    <section aria-labelledby="result-title" data-testid="result">
      <h3 id="result-title">{texts.results.title}</h3>
      {isTerminal(task.status) ? (
        <Completed task={task} />
      ) : (
        <p class="muted">{texts.results.pending}</p>
      )}
    </section>
  );
}

function Completed({ task }: { task: TaskDetail }) {
  if (task.result === undefined || task.result === null) {
    return <StoredResult requestId={task.request_id} />;
  }
  return <ResultViewer id={task.request_id} result={task.result} input={task.input} />;
}

interface ViewerProps {
  id: string;
  result: unknown;
  input: unknown;
}

/** A result in the view that suits it, and in any other that it has. */
export function ResultViewer({ id, result, input }: ViewerProps) {
  const views = useMemo(() => viewsOf({ result, input }), [result, input]);
  const chosen = useSignal<View | null>(null);
  const shown = chosen.value ?? views.names[0] ?? "json";
  return (
    <>
      <div class="result-head">
        {views.names.length > 1 && (
          <Segments
            legend={texts.results.viewsLabel}
            name="result-view"
            options={views.names}
            names={texts.results.views}
            value={shown}
            onChange={(view) => {
              chosen.value = view;
            }}
          />
        )}
        <Downloads id={id} result={result} table={views.table} />
      </div>
      <Shown view={shown} views={views} result={result} />
    </>
  );
}

function Shown({ view, views, result }: { view: View; views: Views; result: unknown }) {
  const { file, summary, table, chart } = views;
  if (view === "file" && file) return <FileView file={file} />;
  if (view === "summary" && summary) return <SummaryView summary={summary} />;
  if (view === "chart" && chart) return <ResultChart chart={chart} />;
  if (view === "table" && table) {
    if (table.rows.length === 0) return <p class="muted">{texts.results.noRows}</p>;
    return <ResultTable table={table} />;
  }
  return (
    <section class="json-scroll" aria-label={texts.results.views.json}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key. */}
      <pre class="json" tabIndex={0}>
        {JSON.stringify(result, null, 2)}
      </pre>
    </section>
  );
}
