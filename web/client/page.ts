/** For pages with people before them: the client with sign-in, a live list and one open task. */

import { Client, type CoreSettings } from "./client.ts";
import { type CognitoSettings, createSession, pagePorts } from "./cognito.ts";
import { type DetailCallbacks, watchDetail } from "./detail-watch.ts";
import { TaskFeed } from "./feed.ts";
import type { PagePorts, Unsubscribe } from "./ports.ts";
import type { Dashboard, DashboardWindow } from "./protocol.ts";
import type { Session } from "./session.ts";

export * from "./cognito.ts";
export * from "./index.ts";
export type { TaskList } from "./tasks.ts";
export type { DetailCallbacks, PagePorts, TaskFeed };

export interface PageSettings extends CognitoSettings, Omit<CoreSettings, "token"> {}

export class PageClient extends Client {
  readonly session: Session;
  readonly feed: TaskFeed;

  constructor(settings: PageSettings, ports: PagePorts = pagePorts()) {
    const session = createSession(settings, ports);
    super({ ...settings, token: session }, ports);
    this.session = session;
    this.feed = new TaskFeed(this, ports);
  }

  /** The three figures over a span of time. */
  dashboard(window: DashboardWindow): Promise<Dashboard> {
    return this.http.get("/dashboard", { window });
  }

  /** Follows one task with its history and result until the returned function is called. */
  open(requestId: string, callbacks: DetailCallbacks): Unsubscribe {
    return watchDetail(this, this.feed, requestId, callbacks);
  }
}
