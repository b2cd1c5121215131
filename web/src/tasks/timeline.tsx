import type { TaskUpdate } from "../../client/page";
import { count, duration } from "../format";
import { Moment } from "../parts/fact";
import { StatusPill } from "../parts/status-pill";
import { texts } from "../texts";

/** Every update of the task, newest first, with the time since the one before. */
export function Timeline({ updates }: { updates: readonly TaskUpdate[] }) {
  const { detail } = texts;
  return (
    <section aria-labelledby="history-title">
      <h3 id="history-title">{detail.history}</h3>
      {updates.length === 0 && <p class="muted">{detail.noHistory}</p>}
      <ol class="history" reversed>
        {updates
          .map((update, i) => (
            <li key={update.version} class={update.phase ?? update.status}>
              <span class="stop" aria-hidden="true" />
              <StatusPill status={update.status} phase={update.phase} />
              <span class="history-text">{describe(update)}</span>
              <span class="version" title={detail.version(update.version)}>
                v{update.version}
              </span>
              <span class="history-time">
                <Moment at={update.at} />
                <span class="since">{since(updates[i - 1], update)}</span>
              </span>
            </li>
          ))
          .reverse()}
      </ol>
    </section>
  );
}

function since(before: TaskUpdate | undefined, { at }: TaskUpdate): string {
  return before ? `+${duration(Date.parse(at) - Date.parse(before.at))}` : "";
}

function describe({ progress, error, attempt }: TaskUpdate): string {
  const parts = [
    typeof progress?.percent === "number" ? `${count(progress.percent)} %` : null,
    progress?.message,
    error?.message,
    attempt && attempt > 1 ? texts.detail.attemptNumber(attempt) : null,
  ];
  return parts.filter(Boolean).join(" · ");
}
