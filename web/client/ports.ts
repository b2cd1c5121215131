/** What the client needs from the outside. Tests bring their own; browsers use `browserPorts`. */

export type TimerId = unknown;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  after(ms: number, run: () => void): TimerId;
  cancel(timer: TimerId): void;
}

/** The part of a WebSocket that we use. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Keeps one text for as long as the tab lives. */
export interface SessionStore {
  read(): string | null;
  write(text: string | null): void;
}

/** A WebSocket class: the browser's own, Node 22's, or that of the package `ws`. */
export type SocketClass = new (url: string, subprotocols: string[]) => object;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Ports {
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  fetch: Fetch;
  /** A fresh text that nobody can guess, for idempotency keys. */
  key: () => string;
  openSocket: (url: string, subprotocols: string[]) => Socket;
  /** Calls back when the machine comes online or is looked at again; absent where nothing tells. */
  onWake?: (callback: () => void) => Unsubscribe;
}

/** What a page with sign-in needs besides. */
export interface PagePorts extends Ports {
  store: SessionStore;
}

export type Unsubscribe = () => void;
