import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { type Drawing, LineChart } from "../charts/line-chart";
import { milliseconds, number } from "../format";
import { Select } from "../parts/select";
import { texts } from "../texts";
import { barsOf, type ChartData, linesOf } from "./charting";
import { TIMES } from "./result-table";

export function ResultChart({ chart }: { chart: ChartData }) {
  const measure = useSignal(chart.measures[0] ?? "");
  const unit = TIMES.has(measure.value) ? milliseconds : number;
  return (
    <div class="result-chart">
      {chart.measures.length > 1 && (
        <Select
          label={texts.results.measure}
          name="measure"
          options={chart.measures}
          names={texts.results.columnNames}
          value={measure.value}
          onChange={(next) => {
            measure.value = next;
          }}
        />
      )}
      {chart.kind === "lines" ? (
        <Lines chart={chart} measure={measure.value} format={unit} />
      ) : (
        <Bars chart={chart} measure={measure.value} format={unit} />
      )}
    </div>
  );
}

interface Props {
  chart: ChartData;
  measure: string;
  format: (value: number) => string;
}

function Lines({ chart, measure, format }: Props) {
  const drawing = useMemo<Drawing>(() => {
    const { times, lines } = linesOf(chart, measure);
    const title = texts.results.columnNames[measure] ?? measure;
    return { times, lines: lines.map((line) => ({ ...line, label: line.label || title })), format };
  }, [chart, measure]);
  return <LineChart drawing={drawing} label={texts.results.columnNames[measure] ?? measure} />;
}

/** A list with lengths: it reads aloud as what it says. */
function Bars({ chart, measure, format }: Props) {
  const bars = barsOf(chart, measure);
  return (
    <>
      <ul class="bars">
        {bars.map(({ label, value, share }) => (
          <li key={label}>
            <span class="bar-label">{label}</span>
            <svg
              class="bar-track"
              viewBox="0 0 100 1"
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <rect width={share * 100} height="1" />
            </svg>
            <span class="bar-value">{format(value)}</span>
          </li>
        ))}
      </ul>
      {bars.length < chart.rows.length && (
        <p class="table-note">{texts.results.firstBars(bars.length, chart.rows.length)}</p>
      )}
    </>
  );
}
