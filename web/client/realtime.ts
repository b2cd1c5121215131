/** Carries out what the connection's state machine decides, with the links and the stream. */

import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  STOPPED,
  step,
} from "./connection.ts";
import type { ParsedFrame } from "./frames.ts";
import { type Link, type LinkListener, openLink } from "./link.ts";
import { createListeners } from "./listeners.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import { SUBPROTOCOL, type Ticket } from "./protocol.ts";
import { createStream, type Stream } from "./stream.ts";
import { createTimers } from "./timers.ts";

export type RealtimePorts = Pick<Ports, "clock" | "random" | "openSocket" | "onWake">;

type Frame<T> = Extract<ParsedFrame, { type: T }>;

export interface Realtime {
  readonly state: ConnectionState;
  /** Puts the frames of all links in order. */
  readonly stream: Stream;
  onState(callback: (state: ConnectionState) => void): Unsubscribe;
  /** Frames of one type as they come; `stream` has the updates in order. */
  on<T extends ParsedFrame["type"]>(type: T, callback: (frame: Frame<T>) => void): Unsubscribe;
  start(): void;
  stop(): void;
  /** To be called when the machine wakes or comes online, where the ports cannot tell. */
  wake(): void;
}

/** Without `offer` no subprotocol is offered: for servers that choose none. */
export function createRealtime(
  ticket: () => Promise<Ticket>,
  ports: RealtimePorts,
  offer = true,
): Realtime {
  const states = createListeners<ConnectionState>();
  const frames = createListeners<ParsedFrame>();
  const timers = createTimers<"retry-due" | "renew-due">(ports.clock);
  const stream = createStream(ports.clock, (caughtUp) => {
    if (caughtUp === successor) handle({ type: "successor-ready" });
  });
  let state: ConnectionState = STOPPED;
  let link: Link | null = null;
  /** Takes over when it has caught up. */
  let successor: Link | null = null;
  let noWake: Unsubscribe | undefined;

  function handle(event: ConnectionEvent): void {
    const before = state;
    const next = step(before, event, { now: ports.clock.now(), random: ports.random() });
    state = next.state;
    for (const effect of next.effects) perform(effect);
    if (next.state !== before) states.emit(next.state);
  }

  function perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "connect":
        timers.cancel("retry-due");
        link = open();
        break;
      case "disconnect":
        timers.cancelAll();
        leave(successor);
        leave(link);
        break;
      case "wait":
        later("retry-due", effect.ms);
        break;
      case "renew":
        later("renew-due", effect.ms);
        break;
      case "check":
        link?.check();
        break;
      case "open-successor":
        successor = open();
        break;
      case "promote":
        leave(link);
        link = successor;
        successor = null;
        break;
      case "drop-successor":
        leave(successor);
    }
  }

  function later(type: "retry-due" | "renew-due", ms: number): void {
    timers.set(type, ms, () => handle({ type }));
  }

  const open = () => openLink(ports, offer ? [SUBPROTOCOL] : [], ticket, listener);

  function leave(left: Link | null): void {
    if (!left) return;
    stream.detach(left);
    left.close();
    if (left === successor) successor = null;
  }

  const listener: LinkListener = {
    opened(opened) {
      handle({ type: opened === successor ? "successor-opened" : "opened" });
      // Whoever hears of it may have stopped everything.
      if (state.name === "open") stream.attach(opened);
    },
    received(by, frame) {
      stream.take(by, frame);
      if (frame.type === "bye") handle({ type: "bye", withinMs: frame.reconnect_in_ms });
      frames.emit(frame);
    },
    lost(lost, reason) {
      handle(lost === successor ? { type: "successor-lost" } : { type: "lost", reason });
    },
  };

  const wake = () => handle({ type: "wake" });

  return {
    get state() {
      return state;
    },
    stream,
    onState: (callback) => states.add(callback),
    on: <T extends ParsedFrame["type"]>(type: T, callback: (frame: Frame<T>) => void) =>
      frames.add((frame) => frame.type === type && callback(frame as Frame<T>)),
    start() {
      noWake ??= ports.onWake?.(wake);
      handle({ type: "start" });
    },
    stop() {
      noWake?.();
      noWake = undefined;
      handle({ type: "stop" });
    },
    wake,
  };
}
