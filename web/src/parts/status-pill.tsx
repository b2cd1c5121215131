import type { TaskPhase, TaskStatus } from "../../client/page";
import { texts } from "../texts";

interface Props {
  status: TaskStatus;
  phase: TaskPhase | null;
}

/** Status in words and colour; a processing task says whether it is queued or running. */
export function StatusPill({ status, phase }: Props) {
  const name = status === "processing" && phase ? phase : status;
  const label = status === "processing" && phase ? texts.phase[phase] : texts.status[status];
  return (
    <span class={`pill ${name}`} data-status={status}>
      <span class="dot" aria-hidden="true" />
      {label}
    </span>
  );
}
