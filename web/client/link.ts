/** One socket from its ticket to its end, with the time limits and pings that keep it honest. */

import { toClientError } from "./errors.ts";
import { type ParsedFrame, parseFrame } from "./frames.ts";
import type { Ports, Socket } from "./ports.ts";
import type { ClientFrame, Ticket } from "./protocol.ts";
import { Timers } from "./timers.ts";

/** API Gateway cuts a connection that was silent for 10 minutes. */
const PING_EVERY_MS = 5 * 60_000;
const PONG_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 15_000;

export interface LinkListener {
  opened(link: Link): void;
  received(link: Link, frame: ParsedFrame): void;
  /** Nothing is heard of the link afterwards. */
  lost(link: Link, reason: string): void;
}

export type LinkPorts = Pick<Ports, "clock" | "openSocket">;

export class Link {
  readonly #ports: LinkPorts;
  readonly #timers: Timers<"connect" | "ping" | "pong">;
  readonly #subprotocols: string[];
  #listener: LinkListener | null;
  #socket: Socket | null = null;

  constructor(ports: LinkPorts, subprotocols: string[], listener: LinkListener) {
    this.#ports = ports;
    this.#subprotocols = subprotocols;
    this.#listener = listener;
    this.#timers = new Timers(ports.clock);
  }

  async connect(ticket: () => Promise<Ticket>): Promise<void> {
    this.#timers.set("connect", CONNECT_WITHIN_MS, () => this.#lost("timeout"));
    try {
      const { url } = await ticket();
      if (this.#listener) this.#open(url);
    } catch (error) {
      this.#lost(toClientError(error).code);
    }
  }

  send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Asks for a sign of life. */
  check(): void {
    this.#schedulePing();
    if (!this.#timers.has("pong")) {
      this.#timers.set("pong", PONG_WITHIN_MS, () => this.#lost("no pong"));
    }
    this.send({ action: "ping" });
  }

  close(): void {
    this.#listener = null;
    this.#timers.cancelAll();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // `onerror` stays: a socket that is closed before it is open reports that, and Node would throw.
    socket.close(1000);
  }

  #open(url: string): void {
    const socket = this.#ports.openSocket(url, this.#subprotocols);
    this.#socket = socket;
    socket.onopen = () => {
      this.#timers.cancel("connect");
      this.#schedulePing();
      this.#listener?.opened(this);
    };
    socket.onmessage = (event) => {
      this.#timers.cancel("pong");
      this.#listener?.received(this, parseFrame(event.data));
    };
    socket.onclose = (event) => this.#lost(event.reason || `closed ${event.code}`);
    socket.onerror = () => undefined;
  }

  #schedulePing(): void {
    this.#timers.set("ping", PING_EVERY_MS, () => this.check());
  }

  #lost(reason: string): void {
    const listener = this.#listener;
    this.close();
    listener?.lost(this, reason);
  }
}
