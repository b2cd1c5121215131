/** All state of the page, made once and handed to the views. */

import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { PageClient as Client } from "../../client/page";
import type { WebConfig } from "../config";
import { createFigures, type Figures } from "./figures";
import { createSelection, type Selection } from "./selection";
import { createTasks, type Tasks } from "./tasks";

export interface App {
  config: WebConfig;
  client: Client;
  session: { readonly value: Client["session"]["state"] };
  connection: { readonly value: Client["realtime"]["state"] };
  figures: Figures;
  tasks: Tasks;
  selection: Selection;
}

export function createApp(config: WebConfig, client: Client = new Client(config)): App {
  const session = signal(client.session.state);
  const connection = signal(client.realtime.state);
  const figures = createFigures(client);
  const tasks = createTasks(client);
  const selection = createSelection(client);

  const follow = () => {
    const signedIn = client.session.state.status === "signed-in";
    if (signedIn) begin();
    else end();
    session.value = client.session.state;
  };
  const begin = () => {
    client.feed.start();
    void figures.load();
    selection.active.value = true;
  };
  const end = () => {
    selection.active.value = false;
    client.feed.stop();
    figures.reset();
  };

  client.session.onChange(follow);
  client.realtime.onState((state) => {
    connection.value = state;
  });
  // What may be stale after an absence is read again as soon as the connection is back.
  let lists = 0;
  client.feed.onReload(() => {
    if (lists++ > 0) void figures.load();
  });
  if (session.value.status === "signed-in") begin();

  return { config, client, session, connection, figures, tasks, selection };
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("no AppContext above");
  return app;
}
