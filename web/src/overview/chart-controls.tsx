import { texts } from "../texts";
import type { SeriesState } from "./series-state";

const words = texts.overview.charts;

/** What dragging does, for those who do not drag. */
export function ChartControls({ series }: { series: SeriesState }) {
  return (
    <div class="chart-controls">
      <label class="check">
        <input
          type="checkbox"
          name="by-service"
          checked={series.byService.value}
          onChange={(event) => series.split(event.currentTarget.checked)}
        />
        {words.split}
      </label>
      <span class="muted hint">{words.hint}</span>
      <div class="button-row">
        <Step label={words.earlier} sign="←" run={series.earlier} />
        <Step label={words.later} sign="→" run={series.later} />
        <Step label={words.zoomIn} sign="+" run={series.zoomIn} />
        <Step label={words.zoomOut} sign="−" run={series.zoomOut} />
        {series.zoomed.value && (
          <button type="button" class="button small" onClick={series.reset}>
            {words.reset}
          </button>
        )}
      </div>
    </div>
  );
}

function Step({ label, sign, run }: { label: string; sign: string; run: () => void }) {
  return (
    <button
      type="button"
      class="button small square"
      aria-label={label}
      title={label}
      onClick={() => run()}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
