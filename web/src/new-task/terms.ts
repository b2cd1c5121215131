/** How a task is to be run, whatever its kind. Pure. */

import type { NewTask, Priority } from "../../client/page";
import { fromLocal, wordsOf } from "./input";

/** As the fields hold them. */
export interface Terms {
  tags: string;
  priority: Priority;
  delay: string;
  deadline: string;
  callback: string;
}

export const NO_TERMS: Terms = {
  tags: "",
  priority: "normal",
  delay: "",
  deadline: "",
  callback: "",
};

/** Only what was given. */
export function taskOf(kind: string, input: object, terms: Terms): NewTask {
  const tags = wordsOf(terms.tags);
  const delay = Number(terms.delay);
  const deadline = fromLocal(terms.deadline);
  const callback = terms.callback.trim();
  return {
    kind,
    input,
    ...(tags.length > 0 && { tags }),
    ...(terms.priority !== "normal" && { priority: terms.priority }),
    ...(delay > 0 && { delay }),
    ...(deadline && { deadline }),
    ...(callback && { callback_url: callback }),
  };
}
