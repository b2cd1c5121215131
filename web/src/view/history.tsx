import type { TaskUpdate } from "../../client/page";
import { count, fullMoment, moment } from "../format";
import { texts } from "../texts";
import { StatusPill } from "./status-pill";

/** Every update of the task, newest first. */
export function History({ updates }: { updates: readonly TaskUpdate[] }) {
  return (
    <section aria-labelledby="history-title">
      <h3 id="history-title">{texts.detail.history}</h3>
      {updates.length === 0 && <p class="muted">{texts.detail.noHistory}</p>}
      <ol class="history" reversed>
        {[...updates].reverse().map((update) => (
          <li key={update.version}>
            <StatusPill status={update.status} phase={update.phase} />
            <span class="history-text">{describe(update)}</span>
            <span class="version" title={texts.detail.version(update.version)}>
              v{update.version}
            </span>
            <time dateTime={update.at} title={fullMoment(update.at)}>
              {moment(update.at, Date.now())}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
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
