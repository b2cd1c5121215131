import { useEffect, useMemo } from "preact/hooks";
import { Sparkline } from "../charts/sparkline";
import { count } from "../format";
import { hrefOf } from "../shell/routes";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { createActivity } from "./activity";

/** One's own tasks, as the updates come in. */
export function Activity() {
  const { client, tasks } = useApp();
  const activity = useMemo(() => createActivity(client, tasks.list), []);
  useEffect(() => activity.close, []);
  const words = texts.overview.activity;
  return (
    <section class="card activity" aria-labelledby="activity-title">
      <h2 id="activity-title">{words.title}</h2>
      <a href={hrefOf("tasks", null, { status: "processing" })}>
        <strong>{count(activity.running.value)}</strong> {words.running}
        {", "}
        <strong>{count(activity.queued.value)}</strong> {words.queued}
      </a>
      <Updates values={activity.perSecond.value} />
    </section>
  );
}

function Updates({ values }: { values: readonly number[] }) {
  const words = texts.overview.activity;
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <>
      <span class="muted">
        <strong>{count(total)}</strong> {words.updates}
      </span>
      <Sparkline values={values} label={words.sparkline(total)} />
    </>
  );
}
