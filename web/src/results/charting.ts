/** A table as a picture: lines where time is a group, bars otherwise. Pure. */

import type { Row, Table } from "./tabular";

/** More lines than these are not told apart. */
export const MOST_LINES = 8;
export const MOST_BARS = 25;

export interface ChartData {
  kind: "lines" | "bars";
  /** Columns that can be drawn, the most telling first. */
  measures: string[];
  /** The columns that name a line or a bar. */
  labels: string[];
  rows: readonly Row[];
}

/** Null where nothing can be drawn: no rows, no name for them, or no figure. */
export function chartOf(table: Table, groups: readonly string[]): ChartData | null {
  if (table.rows.length === 0) return null;
  const isGroup = (name: string) => groups.includes(name);
  const measures = table.columns
    .filter(({ name, numeric }) => numeric && !isGroup(name))
    .map(({ name }) => name)
    .filter((name) => table.rows.some((row) => typeof row[name] === "number"));
  const named = table.columns
    .map(({ name }) => name)
    .filter((name) => isGroup(name) || (groups.length === 0 && name === "id"));
  const labels = named.filter((name) => name !== "time");
  const overTime = named.includes("time");
  if (measures.length === 0 || named.length === 0) return null;
  return { kind: overTime ? "lines" : "bars", measures, labels, rows: table.rows };
}

export interface Bar {
  label: string;
  value: number;
  /** Of the widest bar, from 0 to 1. */
  share: number;
}

/** The largest first. */
export function barsOf({ rows, labels }: ChartData, measure: string): Bar[] {
  const bars = rows
    .map((row) => ({ label: labelOf(row, labels), value: row[measure] }))
    .filter((bar): bar is { label: string; value: number } => typeof bar.value === "number")
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_BARS);
  const most = Math.max(0, ...bars.map(({ value }) => Math.abs(value)));
  return bars.map((bar) => ({ ...bar, share: most === 0 ? 0 : Math.abs(bar.value) / most }));
}

export interface Lines {
  /** Seconds since the epoch, ascending. */
  times: number[];
  lines: { label: string; values: (number | null)[] }[];
}

/** The lines with the largest sums, as many as can be told apart. */
export function linesOf({ rows, labels }: ChartData, measure: string): Lines {
  const times = [...new Set(rows.map(timeOf))].filter(Number.isFinite).sort((a, b) => a - b);
  const at = new Map(times.map((time, i) => [time, i]));
  const byLabel = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const label = labelOf(row, labels);
    const values = byLabel.get(label) ?? times.map(() => null);
    const place = at.get(timeOf(row));
    const value = row[measure];
    if (place !== undefined && typeof value === "number") values[place] = value;
    byLabel.set(label, values);
  }
  const sum = (values: (number | null)[]) =>
    values.reduce<number>((all, one) => all + (one ?? 0), 0);
  const lines = [...byLabel]
    .map(([label, values]) => ({ label, values }))
    .sort((a, b) => sum(b.values) - sum(a.values))
    .slice(0, MOST_LINES);
  return { times, lines };
}

function timeOf(row: Row): number {
  return Date.parse(String(row.time)) / 1000;
}

function labelOf(row: Row, labels: readonly string[]): string {
  return labels.map((name) => String(row[name] ?? "–")).join(" · ");
}
