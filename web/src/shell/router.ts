import { type ReadonlySignal, signal } from "@preact/signals";
import { hrefOf, type PageName, parseRoute, type Route } from "./routes";

export interface Router {
  route: ReadonlySignal<Route>;
  /** A new entry in the browser's history. */
  go(page: PageName, id?: string | null, query?: Record<string, string | null>): void;
  /** The same entry, elsewhere: for filters, so that "back" leaves the page. */
  replace(page: PageName, id?: string | null, query?: Record<string, string | null>): void;
}

export function createRouter(): Router {
  const route = signal(parseRoute(location.hash));
  const read = () => {
    route.value = parseRoute(location.hash);
  };
  addEventListener("hashchange", read);
  return {
    route,
    go(...address) {
      location.hash = hrefOf(...address);
    },
    replace(...address) {
      history.replaceState(null, "", hrefOf(...address));
      read();
    },
  };
}
