/** The real clock and network of a browser tab; in Node what of these there is. */

import type { Clock, Ports, Socket, SocketClass, Unsubscribe } from "./ports.ts";

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** 128 random bits. Not `randomUUID`, which pages without TLS lack. */
function key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Online again, or looked at again after the machine or the tab slept. */
function onWake(callback: () => void): Unsubscribe {
  if (typeof addEventListener !== "function" || typeof document === "undefined") return () => {};
  const seen = () => {
    if (document.visibilityState === "visible") callback();
  };
  addEventListener("online", callback);
  document.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", callback);
    document.removeEventListener("visibilitychange", seen);
  };
}

/** With a WebSocket class of one's own: Node 20 has none. */
export function browserPorts(socketClass?: SocketClass): Ports {
  return {
    clock,
    random: Math.random,
    key,
    fetch: (url, init) => fetch(url, init),
    openSocket: (url, subprotocols) => new (socketClass ?? WebSocket)(url, subprotocols) as Socket,
    onWake,
  };
}
