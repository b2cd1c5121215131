import { useSignal } from "@preact/signals";
import { SessionEndedError, toClientError } from "../../client/page";
import { messageOf } from "../message";
import { Empty } from "../parts/empty";
import { MoreButton } from "../parts/more-button";
import { Notice } from "../parts/notice";
import { hrefOf } from "../shell/routes";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { type Filter, isEmpty } from "./filter";
import { moveFocus } from "./row-keys";
import type { Search } from "./search";
import { TaskRow } from "./task-row";

/** Rows that are drawn at a time: a busy account has more tasks than anybody reads. */
const ROWS = 100;

interface Props {
  search: Search;
  filter: Filter;
}

export function TaskList({ search, filter }: Props) {
  const { router, tasks, selection } = useApp();
  const most = useSignal(ROWS);
  const { tasks: all, nextCursor, loaded } = search.shown.value;
  const rows = all.slice(0, most.value);
  const { columns, count } = texts.tasks;
  const error = search.error.value ?? tasks.error.value;
  const { query } = router.route.value;

  const more = async () => {
    most.value += ROWS;
    if (all.length > most.value || nextCursor === null) return;
    try {
      await search.loadMore();
      tasks.error.value = null;
    } catch (problem) {
      if (problem instanceof SessionEndedError) return;
      tasks.error.value = messageOf(toClientError(problem));
    }
  };

  return (
    <section class="card tasks" aria-label={texts.tasks.title}>
      {error && <Notice message={error} />}
      {!loaded && rows.length === 0 && !error && <p class="muted pad">{texts.tasks.loading}</p>}
      {loaded && rows.length === 0 && <NoTasks filter={filter} />}
      {rows.length > 0 && (
        <div class="task-columns" aria-hidden="true">
          <span>{columns.status}</span>
          <span>
            {columns.task} <span class="count">{count(all.length, nextCursor !== null)}</span>
          </span>
          <span>{columns.progress}</span>
          <span>{columns.created}</span>
          <span>{columns.took}</span>
        </div>
      )}
      <ul class="task-rows" data-loaded={loaded} onKeyDown={moveFocus}>
        {rows.map((task) => (
          <TaskRow
            key={task.request_id}
            task={task}
            href={hrefOf("tasks", task.request_id, query)}
            selected={selection.id.value === task.request_id}
          />
        ))}
      </ul>
      {(all.length > rows.length || nextCursor !== null) && (
        <MoreButton label={texts.tasks.more} busyLabel={texts.tasks.moreBusy} onMore={more} />
      )}
    </section>
  );
}

function NoTasks({ filter }: { filter: Filter }) {
  const { emptyTitle, empty, noMatchTitle, noMatch } = texts.tasks;
  return isEmpty(filter) ? (
    <Empty title={emptyTitle} lead={empty} />
  ) : (
    <Empty title={noMatchTitle} lead={noMatch} />
  );
}
