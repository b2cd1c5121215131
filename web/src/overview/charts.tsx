import { useMemo } from "preact/hooks";
import { type Drawing, LineChart } from "../charts/line-chart";
import { fullMoment } from "../format";
import { Empty } from "../parts/empty";
import { Notice } from "../parts/notice";
import { texts } from "../texts";
import { ChartControls } from "./chart-controls";
import { drawingsOf, isQuiet } from "./drawings";
import type { SeriesState, ShownSeries } from "./series-state";

const words = texts.overview.charts;

export function Charts({ series }: { series: SeriesState }) {
  const shown = series.shown.value;
  if (!series.offered.value) {
    const { title, detail } = texts.missingRoute;
    return (
      <section class="card">
        <Empty title={title} lead={detail("GET /dashboard/timeseries")} />
      </section>
    );
  }
  return (
    <>
      <ChartControls series={series} />
      {series.error.value && (
        <Notice message={series.error.value} onRetry={() => void series.load()} />
      )}
      {!shown && !series.error.value && <p class="muted">{words.loading}</p>}
      {shown && <Drawn shown={shown} series={series} />}
    </>
  );
}

function Drawn({ shown, series }: { shown: ShownSeries; series: SeriesState }) {
  const drawings = useMemo(() => drawingsOf(shown), [shown]);
  if (isQuiet(shown)) {
    return (
      <section class="card">
        <Empty title={words.empty} lead={spanOf(shown)} />
      </section>
    );
  }
  const names = Object.keys(drawings) as (keyof typeof drawings)[];
  return (
    <div class="charts" aria-busy={series.busy.value}>
      {names.map((name) => (
        <ChartCard
          key={name}
          title={words[name]}
          unit={name === "requests" ? words.perBucket[shown.range.bucket] : null}
          drawing={drawings[name]}
          shown={shown}
          series={series}
        />
      ))}
    </div>
  );
}

interface CardProps {
  title: string;
  unit: string | null;
  drawing: Drawing;
  shown: ShownSeries;
  series: SeriesState;
}

function ChartCard({ title, unit, drawing, shown, series }: CardProps) {
  const [from = "", to = ""] = endsOf(shown);
  return (
    <section class="card chart-card">
      <h2>
        {title}
        {unit && <span class="unit"> {unit}</span>}
      </h2>
      <LineChart
        drawing={drawing}
        label={words.figure(title, from, to)}
        sync="overview"
        onRange={series.zoomTo}
        onReset={series.reset}
      />
    </section>
  );
}

function endsOf({ range }: ShownSeries): string[] {
  return [range.from, range.to].map((at) => fullMoment(new Date(at).toISOString()));
}

function spanOf(shown: ShownSeries): string {
  return endsOf(shown).join(" – ");
}
