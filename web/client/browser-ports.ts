/** The real clock and network of a browser tab; in Node what of these there is. */

import type { Clock, Ports, Socket, SocketClass, Unsubscribe } from "./ports.ts";

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** 128 random bits. Not `randomUUID`, which pages without TLS lack. */
const key = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Online again, or looked at again after the machine or the tab slept; Node tells of neither. */
function onWake(callback: () => void): Unsubscribe {
  const listening = new AbortController();
  const { signal } = listening;
  const seen = () => document.visibilityState === "visible" && callback();
  globalThis.addEventListener?.("online", callback, { signal });
  globalThis.document?.addEventListener("visibilitychange", seen, { signal });
  return () => listening.abort();
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
