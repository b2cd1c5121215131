/** The Adology client: tasks, and every update of them live. Framework-free. */

import { browserPorts } from "./browser-ports.ts";
import { Client, type CoreSettings } from "./client.ts";
import type { Ports, SocketClass } from "./ports.ts";

export type { Update } from "./channel.ts";
export type { Client } from "./client.ts";
export type { ConnectionState } from "./connection.ts";
export {
  ApiError,
  ClientError,
  LocalError,
  NetworkError,
  RealtimeError,
  toClientError,
} from "./errors.ts";
export { isTerminal } from "./frames.ts";
export type { TokenSource } from "./http.ts";
export type { Ports, SocketClass, Unsubscribe } from "./ports.ts";
export type * from "./protocol.ts";
export type { Watch, WatchOptions } from "./watch.ts";

export interface ClientSettings extends CoreSettings {
  /** Where there is no global one, as in Node 20: `import { WebSocket } from "ws"`. */
  WebSocket?: SocketClass;
}

export function createClient(settings: ClientSettings, ports?: Ports): Client {
  return new Client(settings, ports ?? browserPorts(settings.WebSocket));
}
