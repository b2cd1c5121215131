import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { paletteOf } from "./colours";
import { Legend } from "./legend";
import { type ChartHooks, optionsOf } from "./options";

export interface Line {
  label: string;
  values: (number | null)[];
  /** 1 to 8: a colour of its own, beyond its place in the list. */
  colour?: number;
  /** The area under it is filled. */
  filled?: boolean;
}

export interface Drawing {
  /** Seconds since the epoch, ascending. */
  times: number[];
  lines: Line[];
  format: (value: number) => string;
  /** The least top of the scale, so that noise about nothing does not fill the chart. */
  least?: number;
}

interface Props extends Partial<ChartHooks> {
  drawing: Drawing;
  /** What a screen reader calls it. */
  label: string;
  /** Charts with the same key share their cursor. */
  sync?: string;
}

/** Lines over time, drawn by uPlot; drag to choose a range where somebody listens. */
export function LineChart({ drawing, label, sync, onRange, onReset }: Props) {
  const { theme } = useApp();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(drawing);
  latest.current = drawing;
  const hooks = useRef<ChartHooks>({});
  hooks.current = { ...(onRange && { onRange }), ...(onReset && { onReset }) };
  const painted = theme.painted.value;
  const shape = drawing.lines.map((line) => `${line.label}${line.colour}`).join("|");

  // Made anew when its lines or colours are others; else only its figures change.
  useEffect(() => {
    const host = place.current;
    if (!host) return undefined;
    let gone = false;
    const observer = new ResizeObserver(() => chart.current?.setSize(sizeOf(host)));
    void import("./plot").then(({ Plot }) => {
      if (gone) return;
      const options = optionsOf(latest.current, paletteOf(host), sizeOf(host), { sync, hooks });
      chart.current = new Plot(options, dataOf(latest.current), host);
      observer.observe(host);
    });
    return () => {
      gone = true;
      observer.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape, painted, drawing.format, sync]);

  useEffect(() => chart.current?.setData(dataOf(drawing)), [drawing]);

  return (
    <figure class="line-chart" aria-label={label}>
      <div ref={place} class="plot" aria-hidden="true" />
      <Legend drawing={drawing} />
      <AsTable drawing={drawing} label={label} />
    </figure>
  );
}

/** The figures themselves, for those who do not see the chart or want to be exact. */
function AsTable({ drawing, label }: { drawing: Drawing; label: string }) {
  const { charts } = texts.overview;
  return (
    <details class="chart-table">
      <summary>
        {charts.asTable}
        <span class="unseen"> {label}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key. */}
      <section class="table-scroll" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{charts.time}</th>
              {drawing.lines.map((line) => (
                <th key={line.label} scope="col" class="numeric">
                  {line.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {drawing.times.map((time, i) => (
              <tr key={time}>
                <td>{new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ")}</td>
                {drawing.lines.map((line) => (
                  <td key={line.label} class="numeric">
                    {said(line.values[i], drawing.format)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function said(value: number | null | undefined, format: Drawing["format"]): string {
  return typeof value === "number" ? format(value) : texts.none;
}

function dataOf({ times, lines }: Drawing): uPlot.AlignedData {
  return [times, ...lines.map((line) => line.values)];
}

const HEIGHT = 200;

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(200, host.clientWidth), height: HEIGHT };
}
