/** Which component stands behind which address. */

import { type Lazy, lazy } from "./lazy";
import type { PageName } from "./routes";

export const pages: Record<PageName, Lazy> = {
  overview: lazy(() => import("../overview/overview-page").then((all) => all.OverviewPage)),
  tasks: lazy(() => import("../tasks/tasks-page").then((all) => all.TasksPage)),
  new: lazy(() => import("../new-task/new-task-page").then((all) => all.NewTaskPage)),
  logs: lazy(() => import("../logs/logs-page").then((all) => all.LogsPage)),
  reports: lazy(() => import("../reports/reports-page").then((all) => all.ReportsPage)),
  operators: lazy(() => import("../operators/operators-page").then((all) => all.OperatorsPage)),
};

/** One after the other, once nothing else is to be done: the next click then finds its page here. */
export async function preloadPages(): Promise<void> {
  for (const { preload } of Object.values(pages)) await preload();
}
