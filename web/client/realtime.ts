/** Carries out what the connection's state machine decides, with the links and the stream. */

import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  STOPPED,
  step,
} from "./connection.ts";
import type { ParsedFrame } from "./frames.ts";
import { Link, type LinkListener } from "./link.ts";
import { Listeners } from "./listeners.ts";
import type { Ports, Unsubscribe } from "./ports.ts";
import { SUBPROTOCOL, type Ticket } from "./protocol.ts";
import { Stream } from "./stream.ts";
import { Timers } from "./timers.ts";

export type RealtimePorts = Pick<Ports, "clock" | "random" | "openSocket" | "onWake">;

export class Realtime {
  /** Puts the frames of all links in order. */
  readonly stream: Stream;
  readonly #ports: RealtimePorts;
  readonly #ticket: () => Promise<Ticket>;
  readonly #subprotocols: string[];
  readonly #states = new Listeners<ConnectionState>();
  readonly #frames = new Listeners<ParsedFrame>();
  readonly #timers: Timers<"retry" | "renew">;
  #state: ConnectionState = STOPPED;
  #link: Link | null = null;
  /** Takes over when it has caught up. */
  #successor: Link | null = null;
  #noWake: Unsubscribe | undefined;

  /** Without `offer` no subprotocol is offered: for servers that choose none. */
  constructor(ticket: () => Promise<Ticket>, ports: RealtimePorts, offer = true) {
    this.#ticket = ticket;
    this.#ports = ports;
    this.#subprotocols = offer ? [SUBPROTOCOL] : [];
    this.#timers = new Timers(ports.clock);
    this.stream = new Stream(ports.clock, (link) => {
      if (link === this.#successor) this.#handle({ type: "successor-ready" });
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(callback: (state: ConnectionState) => void): Unsubscribe {
    return this.#states.add(callback);
  }

  /** Every frame as it comes; `stream` has the updates in order. */
  onFrame(callback: (frame: ParsedFrame) => void): Unsubscribe {
    return this.#frames.add(callback);
  }

  start(): void {
    this.#noWake ??= this.#ports.onWake?.(() => this.wake());
    this.#handle({ type: "start" });
  }

  stop(): void {
    this.#noWake?.();
    this.#noWake = undefined;
    this.#handle({ type: "stop" });
  }

  /** To be called when the machine wakes or comes online, where the ports cannot tell. */
  wake(): void {
    this.#handle({ type: "wake" });
  }

  #handle(event: ConnectionEvent): void {
    const moment = { now: this.#ports.clock.now(), random: this.#ports.random() };
    const { state, effects } = step(this.#state, event, moment);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (changed) this.#states.emit(state);
  }

  #perform(effect: ConnectionEffect): void {
    const { type } = effect;
    if (type === "connect") {
      this.#timers.cancel("retry");
      this.#link = this.#connect();
    } else if (type === "wait") {
      this.#timers.set("retry", effect.ms, () => this.#handle({ type: "retry-due" }));
    } else if (type === "renew") {
      this.#timers.set("renew", effect.ms, () => this.#handle({ type: "renew-due" }));
    } else if (type === "check") {
      this.#link?.check();
    } else if (type === "open-successor") {
      this.#successor = this.#connect();
    } else {
      this.#drop(type);
    }
  }

  #drop(type: "disconnect" | "promote" | "drop-successor"): void {
    if (type === "disconnect") this.#timers.cancelAll();
    if (type !== "promote") this.#leave(this.#successor);
    if (type !== "drop-successor") {
      this.#leave(this.#link);
      this.#link = type === "promote" ? this.#successor : null;
    }
    this.#successor = null;
  }

  #connect(): Link {
    const link = new Link(this.#ports, this.#subprotocols, this.#listener);
    void link.connect(this.#ticket);
    return link;
  }

  #leave(link: Link | null): void {
    if (!link) return;
    this.stream.detach(link);
    link.close();
  }

  readonly #listener: LinkListener = {
    opened: (link) => {
      this.#handle({ type: link === this.#successor ? "successor-opened" : "opened" });
      this.stream.attach(link);
    },
    received: (link, frame) => {
      this.stream.take(link, frame);
      if (frame.type === "bye") this.#handle({ type: "bye", withinMs: frame.reconnect_in_ms });
      this.#frames.emit(frame);
      // The server has forgotten this connection: nothing will come over it any more.
      if (frame.type === "error" && frame.code === "unknown_connection") {
        link.close();
        this.#listener.lost(link, frame.code);
      }
    },
    lost: (link, reason) => {
      this.stream.detach(link);
      if (link === this.#successor) this.#handle({ type: "successor-lost" });
      else if (link === this.#link) this.#handle({ type: "lost", reason });
    },
  };
}
