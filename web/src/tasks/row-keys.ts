/** Arrows, Home and End move between the rows of a list, beside Tab. */

/** The row to go to from the row at `at`, of so many; null for any other key. */
export function rowFor(key: string, at: number, count: number): number | null {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

export function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll<Element>("li > a")];
  const at = document.activeElement ? links.indexOf(document.activeElement) : -1;
  const to = at < 0 ? null : rowFor(event.key, at, links.length);
  if (to === null) return;
  event.preventDefault();
  (links[to] as HTMLElement).focus();
}
