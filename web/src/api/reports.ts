/** `GET /reports` and `GET /reports/{id}`: what completed aggregates have left. */

import type { Http } from "../../client/http";
import { isObject, text, whole } from "../../client/json";

export interface Report {
  /** That of the task which made it. */
  requestId: string;
  kind: string;
  title: string;
  createdAt: string;
  tags: string[];
  /** Null where it is too large to have been counted. */
  rows: number | null;
  bytes: number | null;
  input: unknown;
  /** Absent in lists, and where it is a file. */
  result?: unknown;
}

export interface ReportPage {
  reports: Report[];
  nextCursor: string | null;
}

export async function readReports(
  http: Pick<Http, "get">,
  cursor: string | null,
): Promise<ReportPage> {
  const answer = await http.get<{ reports?: unknown; next_cursor?: unknown }>("/reports", {
    cursor,
  });
  const reports = Array.isArray(answer.reports) ? answer.reports : [];
  return {
    reports: reports.filter(isObject).map(parseReport),
    nextCursor: text(answer.next_cursor),
  };
}

export async function readReport(http: Pick<Http, "get">, id: string): Promise<Report> {
  return parseReport(await http.get(`/reports/${encodeURIComponent(id)}`));
}

export function parseReport(answer: Record<string, unknown>): Report {
  const { result, tags } = answer;
  return {
    requestId: text(answer.request_id) ?? "",
    kind: text(answer.kind) ?? "",
    title: text(answer.title) ?? text(answer.kind) ?? "",
    createdAt: text(answer.created_at) ?? "",
    tags: Array.isArray(tags) ? tags.map(String) : [],
    rows: whole(answer.row_count),
    bytes: whole(answer.bytes),
    input: answer.input,
    ...(isObject(result) ? { result } : {}),
  };
}
