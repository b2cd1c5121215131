/** The real clock, network and storage of a browser tab. */

import type { Clock, Ports, SessionStore, Socket } from "./ports";

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Storage may be refused (private modes, policies): then the session simply ends with the page. */
function tabStore(key: string): SessionStore {
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

export function browserPorts(): Ports {
  return {
    clock,
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    openSocket: (url) => new WebSocket(url) as Socket,
    store: tabStore("adology.session"),
  };
}
