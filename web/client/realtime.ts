/** Carries out what the connection's state machine decides: tickets, sockets, timers, pings. */

import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  STOPPED,
  step,
} from "./connection";
import { toClientError } from "./errors";
import { type ParsedFrame, parseFrame } from "./frames";
import { Listeners } from "./listeners";
import type { Ports, Socket, Unsubscribe } from "./ports";
import type { ClientFrame, Ticket } from "./protocol";
import { Timers } from "./timers";

/** API Gateway cuts a connection that was silent for 10 minutes. */
const PING_EVERY_MS = 5 * 60_000;
const PONG_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 15_000;

export class Realtime {
  readonly #ports: Pick<Ports, "clock" | "random" | "openSocket">;
  readonly #ticket: () => Promise<Ticket>;
  readonly #states = new Listeners<ConnectionState>();
  readonly #frames = new Listeners<ParsedFrame>();
  #state: ConnectionState = STOPPED;
  #socket: Socket | null = null;
  /** Counts the connection tries, so that a late answer to an old one is ignored. */
  #round = 0;
  readonly #timers: Timers<"retry" | "connect" | "ping" | "pong">;

  constructor(
    ticket: () => Promise<Ticket>,
    ports: Pick<Ports, "clock" | "random" | "openSocket">,
  ) {
    this.#ticket = ticket;
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(callback: (state: ConnectionState) => void): Unsubscribe {
    return this.#states.add(callback);
  }

  onFrame(callback: (frame: ParsedFrame) => void): Unsubscribe {
    return this.#frames.add(callback);
  }

  start(): void {
    this.#handle({ type: "start" });
  }

  stop(): void {
    this.#handle({ type: "stop" });
  }

  /** To be called when the machine wakes, comes online, or the page is shown again. */
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
    switch (effect.type) {
      case "connect":
        this.#timers.cancel("retry");
        void this.#connect();
        break;
      case "disconnect":
        this.#disconnect();
        break;
      case "wait":
        this.#timers.set("retry", effect.ms, () => this.#handle({ type: "retry-due" }));
        break;
      case "check":
        this.#ping();
        break;
    }
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    this.#timers.set("connect", CONNECT_WITHIN_MS, () => this.#lost(round, "timeout"));
    try {
      const { url } = await this.#ticket();
      if (round === this.#round) this.#open(round, url);
    } catch (error) {
      this.#lost(round, toClientError(error).code);
    }
  }

  #open(round: number, url: string): void {
    const socket = this.#ports.openSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      if (round === this.#round) this.#opened();
    };
    socket.onmessage = (event) => {
      if (round === this.#round) this.#receive(event.data);
    };
    socket.onclose = (event) => this.#lost(round, event.reason || `closed ${event.code}`);
  }

  #opened(): void {
    this.#timers.cancel("connect");
    this.#schedulePing();
    this.#handle({ type: "opened" });
  }

  #receive(data: unknown): void {
    this.#timers.cancel("pong");
    this.#frames.emit(parseFrame(data));
  }

  #ping(): void {
    const round = this.#round;
    this.#schedulePing();
    if (!this.#timers.has("pong")) {
      this.#timers.set("pong", PONG_WITHIN_MS, () => this.#lost(round, "no pong"));
    }
    this.#send({ action: "ping" });
  }

  #schedulePing(): void {
    this.#timers.set("ping", PING_EVERY_MS, () => this.#ping());
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #lost(round: number, reason: string): void {
    if (round === this.#round) this.#handle({ type: "lost", reason });
  }

  #disconnect(): void {
    this.#round++;
    this.#timers.cancelAll();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close(1000);
  }
}
