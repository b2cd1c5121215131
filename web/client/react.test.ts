// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FakePorts, settle, summary, update } from "./fakes.ts";
import { PageClient } from "./page.ts";
import { useConnection, useTask, useTasks } from "./react.ts";

let ports: FakePorts;
let client: PageClient;
let root: Root;
let place: HTMLElement;

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  ports = new FakePorts();
  ports.server
    .on("InitiateAuth", () => ({
      body: { AuthenticationResult: { IdToken: "id", RefreshToken: "r", ExpiresIn: 3600 } },
    }))
    .on("POST /realtime/tickets", () => ({ body: { url: "wss://live.test/" } }))
    .on("GET /tasks", () => ({ body: { tasks: [summary(1)], next_cursor: null } }));
  const settings = { httpUrl: "https://a.test", cognitoEndpoint: "https://c.test" };
  client = new PageClient({ ...settings, userPoolClientId: "x" }, ports);
  await client.session.signIn("ada", "secret");
  place = document.createElement("div");
  root = createRoot(place);
});

afterEach(() => act(async () => root.unmount()));

function Page({ id }: { id: string | null }) {
  const { update, error } = useTask(client, id);
  const { tasks } = useTasks(client);
  const { name } = useConnection(client);
  return `${name} ${tasks.length} ${update?.status ?? "-"} ${update?.version ?? 0} ${error?.code}`;
}

const show = (id: string | null) => act(async () => root.render(createElement(Page, { id })));

async function connect() {
  await act(async () => {
    await settle();
    ports.socket.onopen?.();
    await settle();
  });
}

it("shows the connection, the list and a task as they change", async () => {
  await show("task-1");
  await connect();
  expect(place.textContent).toBe("open 0 - 0 undefined");
  await act(async () => {
    client.feed.start();
    ports.socket.deliver({ type: "subscribed", request_id: "task-1", version: 2 });
    ports.socket.deliver(update(1, 1));
    ports.socket.deliver(update(1, 2, { status: "completed", phase: null }));
    const tasks = { "task-1": { version: 2, recovered: true } };
    ports.socket.deliver({ type: "resumed", recovered: true, tasks });
    await ports.clock.advance(16);
  });
  expect(place.textContent).toContain("open 1 completed 2");
});

it("follows another task when asked to, and none when there is none", async () => {
  await show("task-1");
  await connect();
  await show("task-2");
  const said = ports.socket.sent.map((text) => JSON.parse(text));
  expect(said).toContainEqual({ action: "unsubscribe", request_id: "task-1" });
  expect(said).toContainEqual({ action: "subscribe", request_id: "task-2" });
  await show(null);
  expect(JSON.parse(ports.socket.sent.at(-1) ?? "")).toEqual({
    action: "unsubscribe",
    request_id: "task-2",
  });
});
