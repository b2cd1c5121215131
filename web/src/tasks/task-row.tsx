import { Component } from "preact";
import type { TaskSummary } from "../../client/page";
import { fullMoment, moment, shortId } from "../format";
import { StatusPill } from "../parts/status-pill";
import { TaskProgress } from "./progress";
import { Took } from "./took";

interface Props {
  task: TaskSummary;
  href: string;
  selected: boolean;
}

/** Drawn again only when its own task changes: the others keep their identity. */
export class TaskRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const { task, href, selected } = this.props;
    return next.task !== task || next.selected !== selected || next.href !== href;
  }

  override render({ task, href, selected }: Props) {
    return (
      <li data-task={task.request_id}>
        <a
          id={`task-${task.request_id}`}
          class="task-row"
          href={href}
          aria-current={selected ? "true" : undefined}
        >
          <span class="cell-status">
            <StatusPill status={task.status} phase={task.phase} />
          </span>
          <span class="cell-task">
            <span class="kind">{task.kind}</span>
            <span class="id">{shortId(task.request_id)}</span>
            {task.tags.map((tag) => (
              <span key={tag} class="tag">
                {tag}
              </span>
            ))}
          </span>
          <span class="cell-progress">
            <TaskProgress task={task} />
          </span>
          <time class="cell-created" dateTime={task.created_at} title={fullMoment(task.created_at)}>
            {moment(task.created_at, Date.now())}
          </time>
          <span class="cell-took">
            <Took task={task} />
          </span>
        </a>
      </li>
    );
  }
}
