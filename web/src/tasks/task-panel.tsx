import { isTerminal, type TaskDetail } from "../../client/page";
import { Notice } from "../parts/notice";
import { Result } from "../results/result";
import { texts } from "../texts";
import { Attempts } from "./attempts";
import { Facts } from "./facts";
import { TaskProgress } from "./progress";
import { TaskActions } from "./task-actions";
import { TaskInput } from "./task-input";
import { Timeline } from "./timeline";
import { Usage } from "./usage";

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
      <TaskInput input={task.input} />
      <Usage task={task} />
      <Attempts attempts={task.attempts ?? []} />
      <Timeline updates={task.updates} />
    </div>
  );
}
