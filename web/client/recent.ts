/** Keeps a set or map to its limit: what came first goes first. */
export function dropOldest(all: Set<string> | Map<string, unknown>, limit: number): void {
  const [oldest = ""] = all.keys();
  if (all.size > limit) all.delete(oldest);
}

/** Tells duplicates: answers whether a text is not among the last few that it was asked about. */
export function newcomers(limit: number): (text: string) => boolean {
  const seen = new Set<string>();
  return (text) => {
    const isNew = !seen.has(text);
    dropOldest(seen.add(text), limit);
    return isNew;
  };
}
