/** The Adology browser client: sign-in, HTTP API and live task updates. Framework-free. */

import { Api } from "./api";
import { browserPorts } from "./browser-ports";
import { Cognito, type CognitoSettings } from "./cognito";
import { TaskFeed } from "./feed";
import type { Ports, Unsubscribe } from "./ports";
import { Realtime } from "./realtime";
import { Session } from "./session";
import { type WatchCallbacks, watchTask } from "./watch";

export type { ConnectionState } from "./connection";
export {
  ApiError,
  ClientError,
  NetworkError,
  RealtimeError,
  SessionEndedError,
  SignInError,
  toClientError,
} from "./errors";
export { isTerminal } from "./frames";
export type * from "./protocol";
export type { SessionState } from "./session";
export type { TaskList } from "./tasks";
export type { Ports, Unsubscribe, WatchCallbacks };

export interface ClientSettings extends CognitoSettings {
  httpUrl: string;
}

export interface Client {
  session: Session;
  api: Api;
  realtime: Realtime;
  feed: TaskFeed;
  /** Follows one task with its history and result until the returned function is called. */
  watch(requestId: string, callbacks: WatchCallbacks): Unsubscribe;
}

export function createClient(settings: ClientSettings, ports: Ports = browserPorts()): Client {
  const session = new Session(new Cognito(settings, ports), ports);
  const api = new Api(settings.httpUrl, session, ports);
  const realtime = new Realtime(() => api.ticket(), ports);
  const feed = new TaskFeed(api, realtime, ports);
  const watch = (requestId: string, callbacks: WatchCallbacks) =>
    watchTask(api, feed, requestId, callbacks);
  return { session, api, realtime, feed, watch };
}
