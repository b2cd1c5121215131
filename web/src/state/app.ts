/** What all pages share, made once and handed to the views. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { PageClient as Client } from "../../client/page";
import type { WebConfig } from "../config";
import { createFigures, type Figures } from "../overview/figures-state";
import { type Broadcasts, createBroadcasts } from "../shell/broadcasts";
import { createRouter, type Router } from "../shell/router";
import { createTheme, type ThemeChoice } from "../shell/theme";
import { createTasks, type Tasks } from "../tasks/list";
import { createSelection, type Selection } from "../tasks/selection";
import { clock, sight } from "./ports";
import { createPulse, type Pulse } from "./pulse";
import { groupsOfToken } from "./roles";

export interface App {
  config: WebConfig;
  client: Client;
  session: ReadonlySignal<Client["session"]["state"]>;
  connection: ReadonlySignal<Client["realtime"]["state"]>;
  /** The groups of the signed-in user; null until they are known. */
  roles: ReadonlySignal<readonly string[] | null>;
  router: Router;
  theme: ThemeChoice;
  pulse: Pulse;
  broadcasts: Broadcasts;
  figures: Figures;
  tasks: Tasks;
  selection: Selection;
}

export function createApp(config: WebConfig, client: Client = new Client(config)): App {
  const session = signal(client.session.state);
  const connection = signal(client.realtime.state);
  const roles = signal<readonly string[] | null>(null);
  const router = createRouter();
  const pulse = createPulse(client.feed, { clock, ...sight });
  const figures = createFigures(client);
  const tasks = createTasks(client);
  const selection = createSelection(client, router);

  const follow = () => {
    const signedIn = client.session.state.status === "signed-in";
    if (signedIn) begin();
    else end();
    session.value = client.session.state;
  };
  const begin = () => {
    client.feed.start();
    selection.active.value = true;
    void readRoles();
  };
  const end = () => {
    selection.active.value = false;
    client.feed.stop();
    figures.reset();
    roles.value = null;
  };
  /** Without a token the server will say what is wrong, and the session ends. */
  const readRoles = async () => {
    const token = await client.session.token().catch(() => "");
    roles.value = groupsOfToken(token);
  };

  client.session.onChange(follow);
  client.realtime.onState((state) => {
    connection.value = state;
  });
  if (session.value.status === "signed-in") begin();

  return {
    ...{ config, client, session, connection, roles, router, pulse, figures, tasks, selection },
    theme: createTheme(),
    broadcasts: createBroadcasts(client),
  };
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("no AppContext above");
  return app;
}
