import type { TaskDetail } from "../../client/page";
import { duration } from "../format";
import { Copyable } from "../parts/copyable";
import { Fact, Moment } from "../parts/fact";
import { texts } from "../texts";
import { Took } from "./took";

export function Facts({ task }: { task: TaskDetail }) {
  const { detail, newTask } = texts;
  const { created_at, started_at, finished_at, run_at, deadline, priority, callback_url } = task;
  return (
    <section aria-labelledby="facts-title">
      <h3 id="facts-title">{detail.facts}</h3>
      <dl class="facts">
        <Fact label={detail.id}>
          <Copyable id={task.request_id} />
        </Fact>
        {task.tags.length > 0 && <Fact label={detail.tags}>{task.tags.join(", ")}</Fact>}
        <Fact label={detail.created}>
          <Moment at={created_at} />
        </Fact>
        {run_at && (
          <Fact label={detail.runAt}>
            <Moment at={run_at} />
          </Fact>
        )}
        {deadline && (
          <Fact label={detail.deadline}>
            <Moment at={deadline} />
          </Fact>
        )}
        {started_at && (
          <Fact label={detail.started}>
            <Moment at={started_at} />
          </Fact>
        )}
        {finished_at && (
          <Fact label={detail.finished}>
            <Moment at={finished_at} />
          </Fact>
        )}
        {started_at && (
          <Fact label={detail.waited}>
            {duration(Date.parse(started_at) - Date.parse(created_at))}
          </Fact>
        )}
        <Fact label={detail.took}>
          <Took task={task} />
        </Fact>
        {priority && priority !== "normal" && (
          <Fact label={detail.priority}>{newTask.priorities[priority]}</Fact>
        )}
        {callback_url && <Fact label={detail.callback}>{callback_url}</Fact>}
      </dl>
    </section>
  );
}
