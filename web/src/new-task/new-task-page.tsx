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
  const copied = useSignal<Message | null>(null);

  useEffect(() => {
    void (async () => {
      await kinds.load();
      const all = kinds.all.value ?? [];
      const first = all.find(({ name }) => name === wanted) ?? all[0];
      if (first) draft.choose(first);
      if (!from) return;
      try {
        draft.copy(await client.get(from), all);
      } catch (problem) {
        copied.value = {
          ...messageOf(toClientError(problem)),
          title: texts.newTask.duplicateFailed,
        };
      }
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
      {copied.value && <Notice message={copied.value} />}
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
            {from && !copied.value && <p class="muted">{words.duplicateOf(shortId(from))}</p>}
            <NewTaskForm draft={draft} />
          </div>
        </div>
      )}
    </>
  );
}
