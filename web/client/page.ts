/** For pages with people before them: the client with sign-in, a live list and one open task. */

import { browserPorts } from "./browser-ports.ts";
import { Client, type CoreSettings } from "./client.ts";
import { Cognito, type CognitoSettings } from "./cognito.ts";
import { type DetailCallbacks, watchDetail } from "./detail-watch.ts";
import { TaskFeed } from "./feed.ts";
import type { PagePorts, Unsubscribe } from "./ports.ts";
import { Session } from "./session.ts";
import { tabStore } from "./tab-store.ts";

export { SessionEndedError, SignInError } from "./errors.ts";
export * from "./index.ts";
export type { Session, SessionState } from "./session.ts";
export type { TaskList } from "./tasks.ts";
export type { CognitoSettings, DetailCallbacks, PagePorts, TaskFeed };

export interface PageSettings extends CognitoSettings, Omit<CoreSettings, "token"> {}

export class PageClient extends Client {
  readonly session: Session;
  readonly feed: TaskFeed;

  constructor(
    settings: PageSettings,
    ports: PagePorts = { ...browserPorts(), store: tabStore("adology.session") },
  ) {
    const session = new Session(new Cognito(settings, ports), ports);
    super({ ...settings, token: session }, ports);
    this.session = session;
    this.feed = new TaskFeed(this.api, this.realtime, ports);
  }

  /** Follows one task with its history and result until the returned function is called. */
  open(requestId: string, callbacks: DetailCallbacks): Unsubscribe {
    return watchDetail(this.api, this.feed, requestId, callbacks);
  }
}
