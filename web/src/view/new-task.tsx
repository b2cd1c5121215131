import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { SessionEndedError, toClientError } from "../../client/page";
import { BUCKETS, FIRST_CHOICE, GROUPS, toggled, toTask, WINDOWS } from "../aggregate";
import { type Message, messageOf } from "../message";
import { useApp } from "../state/app";
import { SubmissionKeys } from "../submission";
import { texts } from "../texts";
import { Notice } from "./notice";
import { Select } from "./select";

export function NewTask() {
  const { client } = useApp();
  const choice = useSignal(FIRST_CHOICE);
  const busy = useSignal(false);
  const incomplete = useSignal(false);
  const error = useSignal<Message | null>(null);
  const keys = useMemo(() => new SubmissionKeys(() => crypto.randomUUID(), Date.now), []);
  const { groups, bucket, window } = choice.value;

  const change = (part: Partial<typeof FIRST_CHOICE>) => {
    choice.value = { ...choice.value, ...part };
    incomplete.value = incomplete.value && choice.value.groups.length === 0;
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    const task = toTask(choice.value);
    incomplete.value = task === null;
    if (!task || busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      const key = keys.of(task);
      await client.feed.submit(task, key);
      keys.confirmed(key);
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };

  return (
    <section class="card new-task" aria-labelledby="new-task-title">
      <form onSubmit={submit} noValidate>
        <div>
          <h2 id="new-task-title">{texts.newTask.title}</h2>
          <p class="muted">{texts.newTask.lead}</p>
        </div>
        <fieldset class="field" aria-describedby={incomplete.value ? "needs-group" : undefined}>
          <legend>{texts.newTask.groupBy}</legend>
          <div class="chips">
            {GROUPS.map((group) => (
              <label key={group} class="chip">
                <input
                  type="checkbox"
                  name="group_by"
                  value={group}
                  checked={groups.includes(group)}
                  onChange={() => change({ groups: toggled(groups, group) })}
                />
                <span>{texts.newTask.groups[group]}</span>
              </label>
            ))}
          </div>
          {incomplete.value && (
            <p class="field-error" id="needs-group" role="alert">
              {texts.newTask.needsGroup}
            </p>
          )}
        </fieldset>
        {groups.includes("time") && (
          <Select
            label={texts.newTask.bucket}
            name="bucket"
            options={BUCKETS}
            names={texts.newTask.buckets}
            value={bucket}
            onChange={(next) => change({ bucket: next })}
          />
        )}
        <Select
          label={texts.newTask.window}
          name="window"
          options={WINDOWS}
          names={texts.newTask.windows}
          value={window}
          onChange={(next) => change({ window: next })}
        />
        {error.value && <Notice message={error.value} />}
        <button type="submit" class="button primary" aria-disabled={busy.value}>
          {busy.value ? texts.newTask.busy : texts.newTask.submit}
        </button>
      </form>
    </section>
  );
}
