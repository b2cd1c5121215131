import { isTerminal, type TaskSummary } from "../../client/page";
import { duration, elapsed } from "../format";
import { now } from "../state/now";

/** The task's whole time, ticking while it is under way. */
export function Took({ task }: { task: TaskSummary }) {
  const start = Date.parse(task.created_at);
  const end = task.finished_at && Date.parse(task.finished_at);
  if (!isTerminal(task.status)) return <span>{elapsed(now.value - start)}</span>;
  return end ? <span>{duration(end - start)}</span> : null;
}
