import { useSignal } from "@preact/signals";
import { SessionEndedError, toClientError } from "../../client/page";
import { messageOf } from "../message";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { Notice } from "./notice";
import { TaskRow } from "./task-row";

export function TaskList() {
  const { tasks, selection } = useApp();
  const { tasks: rows, nextCursor, loaded } = tasks.list.value;
  const { columns } = texts.tasks;
  return (
    <section class="card tasks" aria-labelledby="tasks-title">
      <div class="section-head">
        <h2 id="tasks-title">{texts.tasks.title}</h2>
        {loaded && <span class="count">{texts.tasks.count(rows.length, nextCursor !== null)}</span>}
      </div>
      {tasks.error.value && <Notice message={tasks.error.value} />}
      {!loaded && rows.length === 0 && <p class="muted pad">{texts.tasks.loading}</p>}
      {loaded && rows.length === 0 && (
        <div class="empty">
          <p class="empty-title">{texts.tasks.emptyTitle}</p>
          <p class="muted">{texts.tasks.empty}</p>
        </div>
      )}
      {rows.length > 0 && (
        <div class="task-columns" aria-hidden="true">
          <span>{columns.status}</span>
          <span>{columns.task}</span>
          <span>{columns.progress}</span>
          <span>{columns.created}</span>
          <span>{columns.took}</span>
        </div>
      )}
      <ul class="task-rows">
        {rows.map((task) => (
          <TaskRow
            key={task.request_id}
            task={task}
            selected={selection.id.value === task.request_id}
          />
        ))}
      </ul>
      {nextCursor !== null && <LoadMore />}
    </section>
  );
}

function LoadMore() {
  const { client, tasks } = useApp();
  const busy = useSignal(false);
  const load = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      await client.feed.loadMore();
      tasks.error.value = null;
    } catch (problem) {
      if (problem instanceof SessionEndedError) return;
      tasks.error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };
  return (
    <button type="button" class="button more" aria-disabled={busy.value} onClick={load}>
      {busy.value ? texts.tasks.moreBusy : texts.tasks.more}
    </button>
  );
}
