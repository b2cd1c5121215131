/** One socket from its ticket to its end, with the time limits and pings that keep it honest. */

import { toClientError } from "./errors.ts";
import { type ParsedFrame, parseFrame } from "./frames.ts";
import type { Ports, Socket } from "./ports.ts";
import type { ClientFrame, Ticket } from "./protocol.ts";
import { createTimers } from "./timers.ts";

/** API Gateway cuts a connection that was silent for 10 minutes. */
const PING_EVERY_MS = 5 * 60_000;
const PONG_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 15_000;

export interface Link {
  send(frame: ClientFrame): void;
  /** Asks for a sign of life. */
  check(): void;
  /** Nothing is heard of it afterwards. */
  close(): void;
}

export interface LinkListener {
  opened(link: Link): void;
  received(link: Link, frame: ParsedFrame): void;
  /** Nothing is heard of the link afterwards. */
  lost(link: Link, reason: string): void;
}

/** Takes a ticket and opens a socket with it. */
export function openLink(
  { clock, openSocket }: Pick<Ports, "clock" | "openSocket">,
  subprotocols: string[],
  ticket: () => Promise<Ticket>,
  listener: LinkListener,
): Link {
  const timers = createTimers<"connect" | "ping" | "pong">(clock);
  let socket: Socket | undefined;
  let closed = false;

  const link: Link = {
    send(frame) {
      socket?.send(JSON.stringify(frame));
    },
    check() {
      pingLater();
      if (!timers.has("pong")) timers.set("pong", PONG_WITHIN_MS, () => lost("no pong"));
      link.send({ action: "ping" });
    },
    close() {
      closed = true;
      timers.cancelAll();
      if (!socket) return;
      socket.onopen = socket.onmessage = socket.onclose = null;
      // `onerror` stays: a socket that is closed before it is open reports that, and Node would throw.
      socket.close(1000);
      socket = undefined;
    },
  };

  function pingLater(): void {
    timers.set("ping", PING_EVERY_MS, link.check);
  }

  function lost(reason: string): void {
    if (closed) return;
    link.close();
    listener.lost(link, reason);
  }

  function open({ url }: Ticket): void {
    if (closed) return;
    socket = openSocket(url, subprotocols);
    socket.onopen = () => {
      timers.cancel("connect");
      pingLater();
      listener.opened(link);
    };
    socket.onmessage = ({ data }) => {
      if (closed) return;
      timers.cancel("pong");
      const frame = parseFrame(data);
      listener.received(link, frame);
      // The server has forgotten this connection: nothing will come over it any more.
      if (frame.type === "error" && frame.code === "unknown_connection") lost(frame.code);
    };
    socket.onclose = ({ code, reason }) => lost(reason || `closed ${code}`);
    socket.onerror = () => undefined;
  }

  timers.set("connect", CONNECT_WITHIN_MS, () => lost("timeout"));
  ticket()
    .then(open)
    .catch((error: unknown) => lost(toClientError(error).code));
  return link;
}
