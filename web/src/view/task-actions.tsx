import { useSignal } from "@preact/signals";
import { isTerminal, SessionEndedError, type TaskDetail, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { Notice } from "./notice";

/** What can be done with a task: call it off while it goes on, run it again when it has failed. */
export function TaskActions({ task }: { task: TaskDetail }) {
  const { client } = useApp();
  const busy = useSignal(false);
  const error = useSignal<Message | null>(null);
  if (task.status === "completed") return null;
  const going = !isTerminal(task.status);
  const words = going ? texts.detail.cancel : texts.detail.runAgain;

  /** What comes of it is shown by the update that follows. */
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
    <section class="actions" aria-label={texts.detail.actions}>
      <button type="button" class="button small" aria-disabled={busy.value} onClick={act}>
        {busy.value ? words.busy : words.label}
      </button>
      {error.value && <Notice message={error.value} />}
    </section>
  );
}
