import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { TaskDetail } from "../../client/page";
import { duration, fullMoment, moment } from "../format";
import { texts } from "../texts";
import { CopyIcon } from "./icons";
import { Took } from "./took";

export function Facts({ task }: { task: TaskDetail }) {
  const { detail } = texts;
  const waited = task.started_at
    ? duration(Date.parse(task.started_at) - Date.parse(task.created_at))
    : null;
  return (
    <section aria-labelledby="facts-title">
      <h3 id="facts-title">{detail.facts}</h3>
      <dl class="facts">
        <Fact label={detail.id}>
          <CopyableId id={task.request_id} />
        </Fact>
        {inputParts(task.input).map(([name, value]) => (
          <Fact key={name} label={texts.inputNames[name] ?? name}>
            {value}
          </Fact>
        ))}
        <Fact label={detail.created}>
          <Moment at={task.created_at} />
        </Fact>
        {task.started_at && (
          <Fact label={detail.started}>
            <Moment at={task.started_at} />
          </Fact>
        )}
        {task.finished_at && (
          <Fact label={detail.finished}>
            <Moment at={task.finished_at} />
          </Fact>
        )}
        {waited && <Fact label={detail.waited}>{waited}</Fact>}
        <Fact label={detail.took}>
          <Took task={task} />
        </Fact>
        {task.attempt > 1 && <Fact label={detail.attempt}>{task.attempt}</Fact>}
        {task.tags.length > 0 && <Fact label={detail.tags}>{task.tags.join(", ")}</Fact>}
      </dl>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullMoment(at)}>
      {moment(at, Date.now())}
    </time>
  );
}

function CopyableId({ id }: { id: string }) {
  const copied = useSignal(false);
  const copy = () =>
    navigator.clipboard?.writeText(id).then(
      () => {
        copied.value = true;
      },
      () => undefined,
    );
  return (
    <span class="copyable">
      <code>{id}</code>
      <button
        type="button"
        class="button icon-only bare"
        aria-label={copied.value ? texts.detail.copied : texts.detail.copy}
        title={copied.value ? texts.detail.copied : texts.detail.copy}
        onClick={copy}
      >
        <CopyIcon />
      </button>
    </span>
  );
}

/** An input's fields, each on one line. */
export function inputParts(input: unknown): [string, string][] {
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).map(([name, value]) => [name, oneLine(value)]);
}

function oneLine(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return value.join(", ");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
