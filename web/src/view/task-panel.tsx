import { isTerminal, type TaskDetail } from "../../client/page";
import { texts } from "../texts";
import { Facts } from "./facts";
import { History } from "./history";
import { Notice } from "./notice";
import { TaskProgress } from "./progress";
import { Result } from "./result";
import { TaskActions } from "./task-actions";

export function TaskPanel({ task }: { task: TaskDetail }) {
  return (
    <div class="panel">
      {!isTerminal(task.status) && <TaskProgress task={task} />}
      {task.error && (
        <section aria-label={texts.detail.error}>
          <Notice
            message={{
              title: texts.detail.error,
              detail: task.error.message,
              code: task.error.code,
            }}
          />
        </section>
      )}
      <TaskActions task={task} />
      <Result task={task} />
      <Facts task={task} />
      <History updates={task.updates} />
    </div>
  );
}
