import { useSignal } from "@preact/signals";
import { isTerminal, SessionEndedError, type TaskDetail, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { useApp } from "../state/app";
import { groupsOf, tabular } from "../tabular";
import { texts } from "../texts";
import { DownloadIcon } from "./icons";
import { Notice } from "./notice";
import { ResultTable } from "./result-table";

export function Result({ task }: { task: TaskDetail }) {
  if (isTerminal(task.status) && task.status !== "completed") return null;
  return (
    <section aria-labelledby="result-title" data-testid="result">
      <h3 id="result-title">{texts.detail.result}</h3>
      <Content task={task} />
    </section>
  );
}

function Content({ task }: { task: TaskDetail }) {
  if (!isTerminal(task.status)) return <p class="muted">{texts.detail.pending}</p>;
  if (task.result === undefined || task.result === null) return <StoredResult task={task} />;
  const table = tabular(task.result, groupsOf(task.input));
  if (!table) return <pre class="json">{JSON.stringify(task.result, null, 2)}</pre>;
  if (table.rows.length === 0) return <p class="muted">{texts.detail.noRows}</p>;
  return <ResultTable table={table} />;
}

/** The address is short-lived, so a fresh one is asked for at the click. */
function StoredResult({ task }: { task: TaskDetail }) {
  const { client } = useApp();
  const busy = useSignal(false);
  const error = useSignal<Message | null>(null);
  const download = async () => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      const answer = await client.result(task.request_id);
      save(answer.result_url ?? task.result_url, answer.result, task.request_id);
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="stored">
      <p class="muted">{texts.detail.stored}</p>
      {error.value && <Notice message={error.value} />}
      <button type="button" class="button" aria-disabled={busy.value} onClick={download}>
        <DownloadIcon />
        {busy.value ? texts.detail.downloadBusy : texts.detail.download}
      </button>
    </div>
  );
}

function save(url: string | undefined, result: unknown, name: string): void {
  const blob = url ? null : new Blob([JSON.stringify(result)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = url ?? URL.createObjectURL(blob as Blob);
  link.download = `${name}.json`;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
  if (blob) URL.revokeObjectURL(link.href);
}
