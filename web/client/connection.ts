/**
 * The life of the realtime connection as a state machine that knows no socket, no timer and no
 * clock: an event comes in, the next state and the things to do come out.
 */

import { delayMs } from "./backoff.ts";

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
const PROMOTE: ConnectionEffect = { type: "promote" };

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step {
  return change(state, event, moment) ?? to(state);
}

/** Null where the event means nothing in that state. */
function change(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step | null {
  const { type } = event;
  if (state.name === "stopped") return type === "start" ? connect(0) : null;
  if (type === "stop") return to(STOPPED, { type: "disconnect" });
  if (state.name === "open") return whileOpen(state, event, moment);
  const { failures } = state;
  if (state.name === "waiting") {
    return type === "retry-due" || type === "wake" ? connect(failures) : null;
  }
  if (type === "opened") return opened(failures, moment);
  return type === "lost" ? wait(failures + 1, event.reason, moment) : null;
}

/** Most of it concerns the change from one connection to the next without a gap. */
function whileOpen(state: Open, event: ConnectionEvent, moment: Moment): Step | null {
  const { successor } = state;
  switch (event.type) {
    case "wake":
      return to(state, { type: "check" });
    case "lost":
      return lost(state, event.reason, moment);
    case "bye": {
      const ms = event.withinMs * BYE_SHARE * moment.random;
      return successor === "none" ? to(state, { type: "renew", ms }) : null;
    }
    case "renew-due":
      return successor === "none"
        ? to({ ...state, successor: "connecting" }, { type: "open-successor" })
        : null;
    case "successor-opened":
      return successor === "connecting" ? to({ ...state, successor: "open" }) : null;
    case "successor-ready":
      return successor === "open" ? opened(0, moment, PROMOTE) : null;
    case "successor-lost":
      return successor === "none" ? null : tryAgain(state, moment);
    default:
      return null;
  }
}

function lost({ failures, since, successor }: Open, reason: string, moment: Moment): Step {
  const proven = moment.now - since >= STABLE_MS;
  const all = (proven ? 0 : failures) + 1;
  // The next connection is on its way already: no wait.
  if (successor === "open") return opened(all, moment, PROMOTE);
  if (successor === "connecting") return to({ name: "connecting", failures: all }, PROMOTE);
  return wait(all, reason, moment);
}

/** The successor failed; the connection itself still stands. */
function tryAgain(state: Open, { random }: Moment): Step {
  const failures = state.failures + 1;
  const ms = delayMs(failures, random);
  return to(
    { ...state, failures, successor: "none" },
    { type: "drop-successor" },
    { type: "renew", ms },
  );
}

function wait(failures: number, reason: string, { now, random }: Moment): Step {
  const ms = delayMs(failures, random);
  return to(
    { name: "waiting", failures, retryAt: now + ms, reason },
    { type: "disconnect" },
    { type: "wait", ms },
  );
}

function connect(failures: number): Step {
  return to({ name: "connecting", failures }, { type: "connect" });
}

function opened(failures: number, { now, random }: Moment, ...first: ConnectionEffect[]): Step {
  const ms = RENEW_AFTER_MS + RENEW_SPREAD_MS * random;
  return to({ name: "open", failures, since: now, successor: "none" }, ...first, {
    type: "renew",
    ms,
  });
}

function to(state: ConnectionState, ...effects: ConnectionEffect[]): Step {
  return { state, effects };
}
