/** Every English text of the page, one file per page of it. */

import { errors } from "./errors";
import { logs } from "./logs";
import { newTask } from "./new-task";
import { operators } from "./operators";
import { overview } from "./overview";
import { reports } from "./reports";
import { results } from "./results";
import { shell } from "./shell";
import { detail, phase, status, tasks } from "./tasks";

export const texts = {
  ...shell,
  overview,
  tasks,
  detail,
  status,
  phase,
  results,
  newTask,
  logs,
  reports,
  operators,
  errors,
} as const;
