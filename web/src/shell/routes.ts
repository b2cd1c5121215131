/** Addresses of the pages, behind the hash: a static host serves one file for all of them. Pure. */

export const PAGES = ["overview", "tasks", "new", "logs", "reports", "operators"] as const;

export type PageName = (typeof PAGES)[number];

export interface Route {
  /** Null: the address leads nowhere. */
  page: PageName | null;
  /** What is looked at on the page. */
  id: string | null;
  query: Readonly<Record<string, string>>;
}

/** Reads `#/tasks/<id>?status=failed`; without an address, the overview. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const [name = "", ...rest] = path.split("/").filter(Boolean);
  const id = rest.length > 0 ? decoded(rest.join("/")) : null;
  if (name === "") return { page: "overview", id: null, query };
  const page = PAGES.find((one) => one === name) ?? null;
  return { page, id, query };
}

/** Only what is given goes into the query. */
export function hrefOf(
  page: PageName,
  id: string | null = null,
  query: Record<string, string | null> = {},
): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  const search = String(new URLSearchParams(given));
  return `#/${page}${id === null ? "" : `/${encodeURIComponent(id)}`}${search && `?${search}`}`;
}

/** A broken escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
