/** The ways in which a result can be looked at, best first. Pure. */

import type { TaskDetail } from "../../client/page";
import { type ChartData, chartOf } from "./charting";
import { type FileResult, fileOf } from "./file";
import { type Summary, summaryOf } from "./summary";
import { groupsOf, type Table, tabular } from "./tabular";

export type View = "file" | "summary" | "table" | "chart" | "json";

export interface Views {
  names: View[];
  file: FileResult | null;
  summary: Summary | null;
  table: Table | null;
  chart: ChartData | null;
}

export function viewsOf({ result, input }: Pick<TaskDetail, "result" | "input">): Views {
  const file = fileOf(result);
  const summary = summaryOf(result);
  const table = tabular(result, groupsOf(input));
  const chart = table && chartOf(table, groupsOf(input));
  const found: Record<View, unknown> = { file, summary, table, chart, json: true };
  const names = (Object.keys(found) as View[]).filter((name) => found[name]);
  return { names, file, summary, table, chart };
}
