/** How a chart is drawn, as uPlot takes it. Pure. */

import type uPlot from "uplot";
import type { Palette } from "./colours";
import type { Drawing } from "./line-chart";

export interface ChartHooks {
  /** A range was dragged over, in seconds since the epoch. */
  onRange?: (from: number, to: number) => void;
  /** Double-clicked. */
  onReset?: () => void;
}

interface Ties {
  sync: string | undefined;
  /** Looked at when it happens: the listeners of the last drawing count. */
  hooks: { readonly current: ChartHooks };
}

/** Narrower is a click, not a range. */
const LEAST_DRAG_PX = 8;

export function optionsOf(
  drawing: Drawing,
  palette: Palette,
  size: { width: number; height: number },
  { sync, hooks }: Ties,
): uPlot.Options {
  const axis = {
    stroke: palette.text,
    font: palette.font,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    legend: { show: false },
    padding: [8, 22, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: Boolean(hooks.current.onRange), y: false, setScale: false, dist: LEAST_DRAG_PX },
      ...(sync ? { sync: { key: sync, setSeries: false } } : {}),
      bind: {
        dblclick: () => () => {
          hooks.current.onReset?.();
          return null;
        },
      },
    },
    scales: { y: { range: (_, __, max) => [0, topOf(max, drawing.least)] } },
    axes: [
      { ...axis, size: 28, space: 70, values: (_, ticks, __, ___, step) => timeTicks(ticks, step) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map(drawing.format) },
    ],
    series: [
      {},
      ...drawing.lines.map((line, i) => seriesOf(line, palette, (line.colour ?? i + 1) - 1)),
    ],
    hooks: {
      setSelect: [(chart) => select(chart, hooks.current)],
      setCursor: [showReadout(drawing)],
    },
  };
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The clock, the day where one begins; nothing but days where steps are that long. Times and steps in seconds. */
export function timeTicks(ticks: readonly number[], step: number): string[] {
  return ticks.map((tick) => {
    const at = new Date(tick * 1000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0;
    return (step >= 86_400 || midnight ? day : clock).format(at);
  });
}

/** A tenth of air above the highest. */
export function topOf(max: number | null, least = 1): number {
  return Math.max(least, (max ?? 0) * 1.1);
}

function seriesOf(line: Drawing["lines"][number], palette: Palette, colour: number): uPlot.Series {
  const stroke = palette.series[colour % palette.series.length] ?? palette.text;
  return {
    label: line.label,
    stroke,
    width: 2,
    points: { show: line.values.length < 30, size: 5, fill: stroke },
    ...(line.filled ? { fill: faint(stroke) } : {}),
  };
}

/** `rgb(r, g, b)` at an eighth of its strength. */
export function faint(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.13)");
}

function select(chart: uPlot, { onRange }: ChartHooks): void {
  const { left, width } = chart.select;
  if (width < LEAST_DRAG_PX) return;
  const [from, to] = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
  chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  onRange?.(from, to);
}

/** What lies under the cursor, in words beside it. */
function showReadout(drawing: Drawing): (chart: uPlot) => void {
  let readout: HTMLElement | null = null;
  return (chart) => {
    if (!readout?.isConnected) {
      readout = document.createElement("div");
      readout.className = "readout";
      chart.over.append(readout);
    }
    const { idx, left = -1 } = chart.cursor;
    readout.hidden = left < 0 || idx === null || idx === undefined;
    if (readout.hidden || idx === null || idx === undefined) return;
    readout.textContent = readoutOf(chart.data, idx, chart.series, drawing.format);
    readout.classList.toggle("left", left > chart.over.clientWidth / 2);
    readout.style.setProperty("--at", `${left}px`);
  };
}

/** One line for the time and one for each series that has a value then. */
export function readoutOf(
  data: uPlot.AlignedData,
  idx: number,
  series: readonly { label?: unknown }[],
  format: (value: number) => string,
): string {
  const at = new Date(Number(data[0][idx]) * 1000);
  const lines = data.slice(1).flatMap((values, i) => {
    const value = values?.[idx];
    return typeof value === "number" ? [`${String(series[i + 1]?.label)}: ${format(value)}`] : [];
  });
  return [at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }), ...lines].join(
    "\n",
  );
}
