import { WINDOWS } from "../aggregate";
import { count, milliseconds, moment } from "../format";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { RefreshIcon } from "./icons";
import { Notice } from "./notice";

export function Figures() {
  const { figures } = useApp();
  const values = figures.values.value;
  const window = texts.figures.windowNames[figures.shown.value];
  const average = values?.avg_response_time_ms ?? null;
  return (
    <section aria-labelledby="figures-title" class="figures-section">
      <div class="section-head">
        <h1 id="figures-title">{texts.figures.title}</h1>
        <WindowPicker />
        <RefreshButton />
      </div>
      {figures.error.value && (
        <Notice message={figures.error.value} onRetry={() => void figures.load()} />
      )}
      <dl class="figures" aria-busy={figures.busy}>
        <Figure
          name="user_count"
          label={texts.figures.users}
          value={values && count(values.user_count)}
          hint={texts.figures.usersHint}
        />
        <Figure
          name="active_sessions"
          label={texts.figures.sessions}
          value={values && count(values.active_sessions)}
          hint={texts.figures.sessionsHint}
        />
        <Figure
          name="avg_response_time_ms"
          label={texts.figures.response}
          value={average ? milliseconds(average) : values && "–"}
          {...(average ? { unit: texts.milliseconds } : {})}
          hint={
            values && !average
              ? texts.figures.noRequests(window)
              : texts.figures.responseHint(window)
          }
        />
      </dl>
    </section>
  );
}

interface FigureProps {
  name: string;
  label: string;
  value: string | null;
  unit?: string;
  hint: string;
}

function Figure({ name, label, value, unit, hint }: FigureProps) {
  return (
    <div class="card figure" data-figure={name}>
      <dt>{label}</dt>
      <dd class="figure-value">
        {value === null ? <span class="skeleton" /> : value}
        {unit && value !== null && <span class="unit"> {unit}</span>}
      </dd>
      <dd class="figure-hint">{hint}</dd>
    </div>
  );
}

function WindowPicker() {
  const { figures } = useApp();
  return (
    <fieldset class="segments">
      <legend class="unseen">{texts.figures.window}</legend>
      {WINDOWS.map((window) => (
        <label key={window}>
          <input
            type="radio"
            name="figures-window"
            value={window}
            checked={figures.window.value === window}
            onChange={() => figures.choose(window)}
          />
          <span>{texts.figures.windows[window]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function RefreshButton() {
  const { figures } = useApp();
  const at = figures.readAt.value;
  return (
    <button
      type="button"
      class={figures.busy.value ? "button icon-only busy" : "button icon-only"}
      aria-label={texts.figures.refresh}
      title={at ? texts.figures.readAt(moment(at, Date.now())) : texts.figures.refresh}
      onClick={() => void figures.load()}
    >
      <RefreshIcon />
    </button>
  );
}
