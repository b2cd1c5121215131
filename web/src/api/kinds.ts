/** `GET /kinds`: what tasks there are, and what each takes. */

import type { Http } from "../../client/http";
import { isObject, object, text } from "../../client/json";
import type { Schema } from "../new-task/schema";

export interface Kind {
  name: string;
  title: string;
  summary: string;
  /** What its cost grows with. */
  costDrivers: string | null;
  /** Whether a program outside runs it. */
  outside: boolean;
  /** JSON Schema of its input; null where the server does not tell. */
  input: Schema | null;
}

export async function readKinds(http: Pick<Http, "get">): Promise<Kind[]> {
  const { kinds } = await http.get<{ kinds?: unknown }>("/kinds");
  return (Array.isArray(kinds) ? kinds : []).filter(isObject).flatMap((kind) => {
    const name = text(kind.name);
    if (name === null) return [];
    return {
      name,
      title: text(kind.title) ?? name,
      summary: text(kind.summary) ?? "",
      costDrivers: text(kind.cost_drivers),
      outside: kind.outside === true,
      input: isObject(kind.input) ? object(kind.input) : null,
    };
  });
}
