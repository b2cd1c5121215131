import { useSignal } from "@preact/signals";
import { isTerminal, SessionEndedError, type TaskDetail, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { Notice } from "../parts/notice";
import { hrefOf } from "../shell/routes";
import { useApp } from "../state/app";
import { texts } from "../texts";

/** Call it off while it goes on, run it again when it has failed, begin another one like it. */
export function TaskActions({ task }: { task: TaskDetail }) {
  const error = useSignal<Message | null>(null);
  return (
    <section class="actions" aria-label={texts.detail.actions}>
      <div class="button-row">
        {task.status !== "completed" && <Command task={task} error={error} />}
        <a class="button small" href={hrefOf("new", null, { from: task.request_id })}>
          {texts.detail.duplicate}
        </a>
      </div>
      {error.value && <Notice message={error.value} />}
    </section>
  );
}

interface CommandProps {
  task: TaskDetail;
  error: { value: Message | null };
}

/** What comes of it is shown by the update that follows. */
function Command({ task, error }: CommandProps) {
  const { client } = useApp();
  const busy = useSignal(false);
  const going = !isTerminal(task.status);
  const words = going ? texts.detail.cancel : texts.detail.runAgain;

  const act = async () => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      await (going ? client.cancel(task.request_id) : client.retry(task.request_id));
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };

  return (
    <button type="button" class="button small" aria-disabled={busy.value} onClick={act}>
      {busy.value ? words.busy : words.label}
    </button>
  );
}
