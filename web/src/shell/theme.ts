/** Light, dark or as the system; the choice is the only thing kept in this browser for good. */

import { type ReadonlySignal, signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "adology.theme";

export interface ThemeChoice {
  theme: ReadonlySignal<Theme>;
  /** Changes with everything that changes colours: the choice, and the system's own. */
  painted: ReadonlySignal<number>;
  next(): void;
}

export function createTheme(
  root: HTMLElement = document.documentElement,
  store: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null = localStore(),
): ThemeChoice {
  const theme = signal(readTheme(store?.getItem(KEY)));
  const painted = signal(0);
  const show = () => {
    if (theme.value === "system") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
    painted.value++;
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
  return {
    theme,
    painted,
    next() {
      theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
      if (theme.value === "system") store?.removeItem(KEY);
      else store?.setItem(KEY, theme.value);
      show();
    },
  };
}

export function readTheme(kept: string | null | undefined): Theme {
  return THEMES.find((one) => one === kept) ?? "system";
}

/** Null where the browser allows no storage. */
function localStore(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
