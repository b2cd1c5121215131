/**
 * The life of the realtime connection as a state machine that knows no socket, no timer and no
 * clock: an event comes in, the next state and the things to do come out.
 */

import { delayMs, RECONNECT } from "./backoff";

export type ConnectionState =
  | { name: "stopped" }
  | { name: "connecting"; failures: number }
  | { name: "open"; failures: number; since: number }
  | { name: "waiting"; failures: number; retryAt: number; reason: string };

export type ConnectionEvent =
  | { type: "start" }
  | { type: "stop" }
  | { type: "opened" }
  /** The ticket was refused, the socket closed, or it stopped answering. */
  | { type: "lost"; reason: string }
  | { type: "retry-due" }
  /** The machine woke up, came online, or the page is looked at again. */
  | { type: "wake" };

export type ConnectionEffect =
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "wait"; ms: number }
  | { type: "check" };

export interface Moment {
  now: number;
  random: number;
}

export interface Step {
  state: ConnectionState;
  effects: ConnectionEffect[];
}

/** A connection that lived this long has proved that the server is well: failures are forgotten. */
const STABLE_MS = 10_000;

export const STOPPED: ConnectionState = { name: "stopped" };

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step {
  switch (event.type) {
    case "start":
      return state.name === "stopped" ? connect(0) : stay(state);
    case "stop":
      return { state: STOPPED, effects: state.name === "stopped" ? [] : [{ type: "disconnect" }] };
    case "opened":
      return state.name === "connecting"
        ? { state: { name: "open", failures: state.failures, since: moment.now }, effects: [] }
        : stay(state);
    case "lost":
      return lost(state, event.reason, moment);
    case "retry-due":
      return state.name === "waiting" ? connect(state.failures) : stay(state);
    case "wake":
      return wake(state);
  }
}

function lost(state: ConnectionState, reason: string, { now, random }: Moment): Step {
  if (state.name !== "connecting" && state.name !== "open") return stay(state);
  const proven = state.name === "open" && now - state.since >= STABLE_MS;
  const failures = (proven ? 0 : state.failures) + 1;
  const ms = delayMs(failures, random, RECONNECT);
  return {
    state: { name: "waiting", failures, retryAt: now + ms, reason },
    effects: [{ type: "disconnect" }, { type: "wait", ms }],
  };
}

/** Waiting ends at once; an open connection is asked whether it still lives. */
function wake(state: ConnectionState): Step {
  if (state.name === "waiting") return connect(state.failures);
  return { state, effects: state.name === "open" ? [{ type: "check" }] : [] };
}

function connect(failures: number): Step {
  return { state: { name: "connecting", failures }, effects: [{ type: "connect" }] };
}

function stay(state: ConnectionState): Step {
  return { state, effects: [] };
}
