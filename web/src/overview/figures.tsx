import type { Metric } from "../api/timeseries";
import { Sparkline } from "../charts/sparkline";
import { count, milliseconds, moment } from "../format";
import { RefreshIcon } from "../parts/icons";
import { Notice } from "../parts/notice";
import { Segments } from "../parts/segments";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { valuesOf } from "./drawings";
import { WINDOWS } from "./figures-state";
import type { SeriesState } from "./series-state";

const words = texts.overview;

export function Figures({ series }: { series: SeriesState }) {
  const { figures } = useApp();
  const values = figures.values.value;
  const window = words.windowNames[figures.shown.value];
  const average = values?.avg_response_time_ms ?? null;
  const shown = series.shown.value;
  const line = (metric: Metric) => ({ metric, values: shown ? valuesOf(shown, metric) : [] });
  return (
    <section aria-labelledby="figures-title" class="figures-section">
      <div class="section-head">
        <h1 id="figures-title">{words.title}</h1>
        <Segments
          legend={words.window}
          name="figures-window"
          options={WINDOWS}
          names={words.windows}
          value={figures.window.value}
          onChange={figures.choose}
        />
        <RefreshButton series={series} />
      </div>
      {figures.error.value && (
        <Notice message={figures.error.value} onRetry={() => void figures.load()} />
      )}
      <dl class="figures" aria-busy={figures.busy.value}>
        <Figure
          name="user_count"
          label={words.users}
          value={values && count(values.user_count)}
          hint={words.usersHint}
          line={line("active_users")}
        />
        <Figure
          name="active_sessions"
          label={words.sessions}
          value={values && count(values.active_sessions)}
          hint={words.sessionsHint}
          line={line("requests")}
        />
        <Figure
          name="avg_response_time_ms"
          label={words.response}
          value={average ? milliseconds(average) : values && texts.none}
          {...(average ? { unit: texts.milliseconds } : {})}
          hint={values && !average ? words.noRequests(window) : words.responseHint(window)}
          line={line("latency_p50")}
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
  line: { metric: Metric; values: readonly (number | null)[] };
}

function Figure({ name, label, value, unit, hint, line }: FigureProps) {
  return (
    <div class="card figure" data-figure={name}>
      <dt>{label}</dt>
      <dd class="figure-value">
        {value === null ? <span class="skeleton" /> : value}
        {unit && value !== null && <span class="unit"> {unit}</span>}
      </dd>
      <dd class="figure-hint">{hint}</dd>
      {line.values.some((value) => value !== null) && (
        <dd class="figure-line" aria-hidden="true">
          <Sparkline values={line.values} />
          <span class="figure-hint">{words.metrics[line.metric]}</span>
        </dd>
      )}
    </div>
  );
}

function RefreshButton({ series }: { series: SeriesState }) {
  const { figures } = useApp();
  const at = figures.readAt.value;
  const when = at ? `${words.readAt(moment(at, Date.now()))}. ` : "";
  const refresh = () => {
    void figures.load();
    void series.load();
  };
  return (
    <button
      type="button"
      class={figures.busy.value ? "button icon-only busy" : "button icon-only"}
      aria-label={words.refresh}
      title={`${when}${words.freshness}`}
      onClick={refresh}
    >
      <RefreshIcon />
    </button>
  );
}
