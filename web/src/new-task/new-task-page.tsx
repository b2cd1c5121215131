import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { toClientError } from "../../client/page";
import { shortId } from "../format";
import { type Message, messageOf } from "../message";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { createDraft } from "./draft";
import { KindPicker } from "./kind-picker";
import { createKinds } from "./kinds";
import { NewTaskForm } from "./new-task-form";

/** A task of any kind that the server runs; `?from=` fills in another one, `?kind=` chooses. */
export function NewTaskPage() {
  const { client, router } = useApp();
  const { from, kind: wanted } = router.route.value.query;
  const kinds = useMemo(() => createKinds(client), []);
  const draft = useMemo(createDraft, []);
  /** The task that has been taken over. */
  const copied = useSignal<string | null>(null);
  const error = useSignal<Message | null>(null);

  useEffect(() => {
    void (async () => {
      await kinds.load();
      const all = kinds.all.value ?? [];
      copied.value = error.value = null;
      try {
        if (from) draft.copy(await client.get(from), all);
        copied.value = from ?? null;
      } catch (problem) {
        error.value = {
          ...messageOf(toClientError(problem)),
          title: texts.newTask.duplicateFailed,
        };
      }
      const first = all.find(({ name }) => name === wanted) ?? all[0];
      if (first && copied.value === null) draft.choose(first);
    })();
  }, [from]);

  const words = texts.newTask;
  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
      </div>
      {kinds.error.value && (
        <Notice message={kinds.error.value} onRetry={() => void kinds.load()} />
      )}
      {error.value && <Notice message={error.value} />}
      {!kinds.all.value && kinds.busy.value && <p class="muted">{words.loading}</p>}
      {!kinds.described.value && <p class="hint-box">{words.undescribed}</p>}
      {kinds.all.value && (
        <div class="new-task">
          <KindPicker
            kinds={kinds.all.value}
            chosen={draft.kind.value?.name ?? null}
            onChoose={draft.choose}
          />
          <div class="card pad">
            {copied.value && <p class="muted">{words.duplicateOf(shortId(copied.value))}</p>}
            <NewTaskForm draft={draft} />
          </div>
        </div>
      )}
    </>
  );
}
