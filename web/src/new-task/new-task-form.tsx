import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { SessionEndedError, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { Notice } from "../parts/notice";
import { Segments } from "../parts/segments";
import { useApp } from "../state/app";
import { texts } from "../texts";
import type { Draft } from "./draft";
import { FormFields } from "./form-fields";
import { SubmissionKeys } from "./submission";
import { TermFields } from "./term-fields";

export function NewTaskForm({ draft }: { draft: Draft }) {
  const { client, router } = useApp();
  const busy = useSignal(false);
  const error = useSignal<Message | null>(null);
  const keys = useMemo(() => new SubmissionKeys(() => crypto.randomUUID(), Date.now), []);
  const words = texts.newTask;
  const kind = draft.kind.value;
  const problems = error.value?.fields ?? [];

  /** What it comes to is shown where it goes on: with the task. */
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const task = draft.task();
    error.value = null;
    if (!task) return;
    busy.value = true;
    try {
      const key = keys.of(task);
      const id = await client.feed.submit(task, key);
      keys.confirmed(key);
      router.go("tasks", id);
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };

  return (
    <form class="fields" onSubmit={submit} aria-label={words.title}>
      <div class="form-head">
        <h2>{kind?.title ?? words.input}</h2>
        {draft.form.value && (
          <Segments
            legend={words.mode}
            name="mode"
            options={["form", "json"] as const}
            names={{ form: words.asForm, json: words.asJson }}
            value={draft.mode.value}
            onChange={draft.show}
          />
        )}
      </div>
      {draft.form.value && draft.mode.value === "form" ? (
        <FormFields
          key={kind?.name}
          form={draft.form.value}
          path="input"
          input={draft.input.value}
          onChange={(input) => {
            draft.input.value = input;
          }}
          problems={problems}
        />
      ) : (
        <JsonInput draft={draft} />
      )}
      <TermFields
        terms={draft.terms.value}
        onChange={(terms) => {
          draft.terms.value = terms;
        }}
      />
      {error.value && <Notice message={error.value} />}
      {kind?.costDrivers && (
        <details class="terms">
          <summary>{words.costs}</summary>
          <p class="hint">{kind.costDrivers}</p>
        </details>
      )}
      <button type="submit" class="button primary" aria-disabled={busy.value}>
        {busy.value ? words.busy : words.submit}
      </button>
    </form>
  );
}

function JsonInput({ draft }: { draft: Draft }) {
  const fault = draft.tried.value ? draft.fault.value : null;
  return (
    <label class="field">
      <span>{texts.newTask.json}</span>
      <textarea
        name="input"
        rows={10}
        spellcheck={false}
        aria-invalid={fault !== null}
        value={draft.json.value ?? ""}
        onInput={(event) => {
          draft.json.value = event.currentTarget.value;
        }}
      />
      {fault && (
        <span class="field-error" role="alert">
          {texts.newTask[fault]}
        </span>
      )}
    </label>
  );
}
