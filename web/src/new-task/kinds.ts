/** The kinds that a task can be of: described by the server, or, by an older one, only named. */

import { signal } from "@preact/signals";
import type { PageClient as Client } from "../../client/page";
import { type Kind, readKinds } from "../api/kinds";
import { isMissingRoute } from "../api/missing-route";
import { createReading } from "../state/reading";

/** What every server runs. */
const KNOWN: [name: string, input: object][] = [
  ["aggregate", { group_by: ["service"], window: "all" }],
  ["analyze", { documents: [{ id: "1", text: "The battery life is wonderful." }] }],
  ["export", { source: "events", format: "csv" }],
  ["external", {}],
];

export function createKinds(client: { http: Pick<Client["http"], "get"> }) {
  const { value, busy, error, read } = createReading<Kind[]>();
  /** Whether the server describes its kinds. */
  const described = signal(true);

  const load = () =>
    read(async () => {
      try {
        return await readKinds(client.http);
      } catch (problem) {
        if (!isMissingRoute(problem)) throw problem;
        described.value = false;
        return KNOWN.map(([name]) => undescribed(name));
      }
    });

  return { all: value, busy, error, described, load };
}

function undescribed(name: string): Kind {
  const outside = name === "external";
  return { name, title: name, summary: "", costDrivers: null, outside, input: null };
}

/** A beginning for those who write JSON. */
export function exampleOf(kind: string): object {
  return KNOWN.find(([name]) => name === kind)?.[1] ?? {};
}
