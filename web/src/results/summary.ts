/** What an analysis says of all its documents. Pure; what cannot be read is left out. */

import { isObject, object, text, whole } from "../../client/json";

export interface Summary {
  text: string;
  sentiment: { positive: number; neutral: number; negative: number } | null;
  topics: { label: string; count: number }[];
  phrases: { label: string; count: number }[];
  highlights: string[];
}

export function summaryOf(result: unknown): Summary | null {
  const summary = object(object(result).summary);
  const words = text(summary.text);
  if (words === null) return null;
  return {
    text: words,
    sentiment: sentimentOf(object(summary.sentiment)),
    topics: counted(summary.topics, "label"),
    phrases: counted(summary.top_phrases, "phrase"),
    highlights: listed(summary.highlights).flatMap((one) => text(one.text) ?? []),
  };
}

function sentimentOf(all: Record<string, unknown>): Summary["sentiment"] {
  const [positive, neutral, negative] = [all.positive, all.neutral, all.negative].map(whole);
  if (positive == null || neutral == null || negative == null) return null;
  return { positive, neutral, negative };
}

function counted(list: unknown, name: string): { label: string; count: number }[] {
  return listed(list).flatMap((one) => {
    const label = text(one[name]);
    return label === null ? [] : [{ label, count: whole(one.count) ?? 0 }];
  });
}

function listed(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
