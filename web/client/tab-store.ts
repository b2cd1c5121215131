import type { SessionStore } from "./ports.ts";

/** Storage may be refused (private modes, policies): then the session simply ends with the page. */
export function tabStore(key: string): SessionStore {
  return {
    read() {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        if (text === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, text);
      } catch {
        // Nothing to do: see above.
      }
    },
  };
}
