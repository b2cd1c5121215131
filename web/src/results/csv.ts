/** A table as CSV (RFC 4180). Pure. */

import type { Table } from "./tabular";

export function toCsv({ columns, rows }: Table): string {
  const names = columns.map(({ name }) => name);
  const lines = [names, ...rows.map((row) => names.map((name) => asText(row[name])))];
  return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return JSON.stringify(value);
  // A spreadsheet would run a text that looks like a formula.
  return typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
