/** A task's result as a table, where it has that shape. Pure. */

export type Row = Record<string, unknown>;

export interface Column {
  name: string;
  numeric: boolean;
}

export interface Table {
  columns: Column[];
  rows: Row[];
}

export interface Sorting {
  column: string;
  descending: boolean;
}

/** Measures in the order people read them; groups come before, anything else after. */
const MEASURES = [
  ...["count", "error_rate", "unique_users"],
  ...["mean", "min", "p50", "p95", "p99", "max"],
];

/** `{"rows":[...]}`, `{"documents":[...]}` or a bare list of objects; null for any other shape. */
export function tabular(result: unknown, groupBy: readonly string[] = []): Table | null {
  const { rows: asked, documents } = (result ?? {}) as { rows?: unknown; documents?: unknown };
  const rows = Array.isArray(result) ? result : (asked ?? documents);
  if (!Array.isArray(rows) || !rows.every(isRow)) return null;
  return { rows, columns: columnsOf(rows, groupBy) };
}

function columnsOf(rows: readonly Row[], groupBy: readonly string[]): Column[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const rank = (name: string) => {
    const group = groupBy.indexOf(name);
    if (group >= 0) return group;
    const measure = MEASURES.indexOf(name);
    return measure >= 0 ? 1000 + measure : 100;
  };
  return [...names]
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => ({ name, numeric: rows.every((row) => isNumeric(row[name])) }));
}

/** Sorted afresh; equal rows keep their order, and missing values come last. */
export function sorted(rows: readonly Row[], sorting: Sorting | null): readonly Row[] {
  if (!sorting) return rows;
  const { column, descending } = sorting;
  return [...rows].sort((a, b) => {
    const [x, y] = [a[column], b[column]];
    if (x == null || y == null) return Number(x == null) - Number(y == null);
    const order =
      typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return descending ? -order : order;
  });
}

/** Whether every time bucket is a day. */
export function inWholeDays(rows: readonly Row[]): boolean {
  return rows.every((row) => typeof row.time !== "string" || row.time.includes("T00:00:00"));
}

/** The groups that an aggregate's input asked for. */
export function groupsOf(input: unknown): string[] {
  const groups = (input as { group_by?: unknown } | null)?.group_by;
  return Array.isArray(groups) ? groups.filter((name) => typeof name === "string") : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || value == null;
}
