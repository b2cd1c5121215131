/**
 * The life of the realtime connection as a state machine that knows no socket, no timer and no
 * clock: an event comes in, the next state and the things to do come out.
 */

import { delayMs, RECONNECT } from "./backoff.ts";

/** How far the connection is that takes over before the present one is cut. */
export type Successor = "none" | "connecting" | "open";

export type ConnectionState =
  | { name: "stopped" }
  | { name: "connecting"; failures: number }
  | { name: "open"; failures: number; since: number; successor: Successor }
  | { name: "waiting"; failures: number; retryAt: number; reason: string };

export type ConnectionEvent =
  | { type: "start" }
  | { type: "stop" }
  | { type: "opened" }
  /** The ticket was refused, the socket closed, or it stopped answering. */
  | { type: "lost"; reason: string }
  | { type: "retry-due" }
  /** The machine woke up, came online, or the page is looked at again. */
  | { type: "wake" }
  | { type: "renew-due" }
  /** The server will close within that time. */
  | { type: "bye"; withinMs: number }
  | { type: "successor-opened" }
  /** It has caught up with everything: nothing is lost when it takes over. */
  | { type: "successor-ready" }
  | { type: "successor-lost" };

export type ConnectionEffect =
  | { type: "connect" }
  /** Leaves every connection there is. */
  | { type: "disconnect" }
  | { type: "wait"; ms: number }
  | { type: "check" }
  /** Asks for a `renew-due`; replaces what was asked before. */
  | { type: "renew"; ms: number }
  | { type: "open-successor" }
  /** The successor is the connection from now on; the old one is closed. */
  | { type: "promote" }
  | { type: "drop-successor" };

export interface Moment {
  now: number;
  random: number;
}

export interface Step {
  state: ConnectionState;
  effects: ConnectionEffect[];
}

type Open = Extract<ConnectionState, { name: "open" }>;

/** A connection that lived this long has proved that the server is well: failures are forgotten. */
const STABLE_MS = 10_000;

/** API Gateway cuts every connection after 2 h; the spread keeps clients from renewing in step. */
const RENEW_AFTER_MS = 105 * 60_000;
const RENEW_SPREAD_MS = 10 * 60_000;

/** The rest of a `bye`'s time is left for opening and catching up. */
const BYE_SHARE = 0.8;

export const STOPPED: ConnectionState = { name: "stopped" };

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step {
  switch (event.type) {
    case "start":
      return state.name === "stopped" ? connect(0) : stay(state);
    case "stop":
      return { state: STOPPED, effects: state.name === "stopped" ? [] : [{ type: "disconnect" }] };
    case "opened":
      return state.name === "connecting" ? opened(state.failures, moment) : stay(state);
    case "lost":
      return lost(state, event.reason, moment);
    case "retry-due":
      return state.name === "waiting" ? connect(state.failures) : stay(state);
    case "wake":
      return wake(state);
    default:
      return state.name === "open" ? succeed(state, event, moment) : stay(state);
  }
}

/** What concerns the change from one connection to the next without a gap. */
function succeed(state: Open, event: ConnectionEvent, moment: Moment): Step {
  const { successor } = state;
  if (successor === "none") {
    if (event.type === "renew-due") {
      const next: Open = { ...state, successor: "connecting" };
      return { state: next, effects: [{ type: "open-successor" }] };
    }
    if (event.type !== "bye") return stay(state);
    const ms = Math.round(Math.max(0, event.withinMs) * BYE_SHARE * moment.random);
    return { state, effects: [{ type: "renew", ms }] };
  }
  if (event.type === "successor-lost") {
    const failures = state.failures + 1;
    const ms = delayMs(failures, moment.random, RECONNECT);
    const effects: ConnectionEffect[] = [{ type: "drop-successor" }, { type: "renew", ms }];
    return { state: { ...state, failures, successor: "none" }, effects };
  }
  if (event.type === "successor-opened" && successor === "connecting") {
    return { state: { ...state, successor: "open" }, effects: [] };
  }
  return event.type === "successor-ready" && successor === "open"
    ? takeOver(0, moment)
    : stay(state);
}

function takeOver(failures: number, moment: Moment): Step {
  const { state, effects } = opened(failures, moment);
  return { state, effects: [{ type: "promote" }, ...effects] };
}

function lost(state: ConnectionState, reason: string, moment: Moment): Step {
  if (state.name !== "connecting" && state.name !== "open") return stay(state);
  const { now, random } = moment;
  const proven = state.name === "open" && now - state.since >= STABLE_MS;
  const failures = (proven ? 0 : state.failures) + 1;
  // The next connection is on its way already: no wait.
  if (state.name === "open" && state.successor === "open") return takeOver(failures, moment);
  if (state.name === "open" && state.successor === "connecting") {
    return { state: { name: "connecting", failures }, effects: [{ type: "promote" }] };
  }
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

function opened(failures: number, { now, random }: Moment): Step {
  const ms = RENEW_AFTER_MS + Math.round(RENEW_SPREAD_MS * random);
  return {
    state: { name: "open", failures, since: now, successor: "none" },
    effects: [{ type: "renew", ms }],
  };
}

function stay(state: ConnectionState): Step {
  return { state, effects: [] };
}
