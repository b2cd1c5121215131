import { isTerminal, type TaskSummary } from "../../client/page";
import { count } from "../format";
import { texts } from "../texts";

/** How far a task is; after its end only what there is to say about it. */
export function TaskProgress({ task }: { task: TaskSummary }) {
  if (isTerminal(task.status)) {
    return task.error ? <span class="row-error">{task.error.message}</span> : null;
  }
  const percent = task.progress?.percent ?? null;
  const message = task.progress?.message ?? (task.phase === "queued" ? texts.tasks.queued : "");
  return (
    <span class="progress">
      <span class="progress-line">
        <progress max={100} {...(percent === null ? {} : { value: percent })} aria-label={message}>
          {percent}
        </progress>
        {percent !== null && <span class="percent">{count(percent)} %</span>}
      </span>
      <span class="progress-message">{message}</span>
    </span>
  );
}
