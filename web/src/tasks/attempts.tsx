import type { TaskAttempt } from "../../client/page";
import { duration } from "../format";
import { Moment } from "../parts/fact";
import { texts } from "../texts";

/** Each run of the task, where there was more than one or the one did not succeed. */
export function Attempts({ attempts }: { attempts: readonly TaskAttempt[] }) {
  const only = attempts.length === 1 ? attempts[0] : null;
  if (attempts.length === 0 || only?.outcome === "completed") return null;
  return (
    <section aria-labelledby="attempts-title">
      <h3 id="attempts-title">{texts.detail.attempts}</h3>
      <ol class="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.attempt} value={attempt.attempt} class={attempt.outcome}>
            <span class="attempt-number">{attempt.attempt}</span>
            <span>
              {texts.detail.outcomes[attempt.outcome]}
              {attempt.error && (
                <span class="row-error" title={attempt.error.code}>
                  {attempt.error.message}
                </span>
              )}
            </span>
            <span class="muted">{lengthOf(attempt)}</span>
            {attempt.started_at ? <Moment at={attempt.started_at} /> : <span />}
          </li>
        ))}
      </ol>
    </section>
  );
}

function lengthOf({ started_at, ended_at }: TaskAttempt): string {
  if (!started_at || !ended_at) return "";
  return duration(Date.parse(ended_at) - Date.parse(started_at));
}
