/** The task that is being written: its kind, its input as a form or as JSON, its terms. */

import { computed, signal } from "@preact/signals";
import type { NewTask, TaskDetail } from "../../client/page";
import type { Kind } from "../api/kinds";
import { type Input, parseInput } from "./input";
import { exampleOf } from "./kinds";
import { formOf } from "./schema";
import { NO_TERMS, type Terms, taskOf } from "./terms";

export type Mode = "form" | "json";

export function createDraft() {
  const kind = signal<Kind | null>(null);
  const input = signal<Input>({});
  /** What stands in the JSON field; null while the form is used. */
  const json = signal<string | null>(null);
  const terms = signal<Terms>(NO_TERMS);
  /** Whether it has been tried to send it: from then on faults are shown. */
  const tried = signal(false);

  const form = computed(() => (kind.value?.input ? formOf(kind.value.input) : null));
  const mode = computed<Mode>(() => (json.value === null ? "form" : "json"));
  const fault = computed(() => {
    if (json.value === null) return null;
    const read = parseInput(json.value);
    return "error" in read ? read.error : null;
  });

  function begin(next: Kind, given: Input | null): void {
    kind.value = next;
    input.value = given ?? {};
    tried.value = false;
    json.value = null;
    if (form.value === null) json.value = pretty(given ?? exampleOf(next.name));
  }

  function choose(next: Kind): void {
    if (next.name !== kind.value?.name) begin(next, null);
  }

  /** Another task's kind, input and tags. */
  function copy({ kind: name, input: given, tags }: TaskDetail, kinds: readonly Kind[]): void {
    const found = kinds.find((one) => one.name === name);
    if (!found) return;
    begin(found, (given ?? {}) as Input);
    terms.value = { ...NO_TERMS, tags: tags.join(", ") };
  }

  /** What is no JSON stays where it can be mended. */
  function show(next: Mode): void {
    if (next === mode.value || form.value === null) return;
    if (next === "json") {
      json.value = pretty(input.value);
      return;
    }
    const read = parseInput(json.value ?? "{}");
    tried.value = "error" in read;
    if ("error" in read) return;
    input.value = read.input;
    json.value = null;
  }

  /** Null where something is at fault. */
  function task(): NewTask | null {
    tried.value = true;
    const read = json.value === null ? { input: input.value } : parseInput(json.value);
    if ("error" in read || !kind.value) return null;
    return taskOf(kind.value.name, read.input, terms.value);
  }

  return { kind, input, json, terms, tried, form, mode, fault, choose, copy, show, task };
}

export type Draft = ReturnType<typeof createDraft>;

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
