// The peer: a server of `ws` that sends one message to all its clients.
// node ws-broadcast.mjs CONNECTIONS ROUNDS; clients are a process of their own, as they are for every row.
import { fork } from "node:child_process";
import { WebSocketServer } from "ws";
import { figures, heard, open } from "./audience.mjs";

const [connections, rounds] = process.argv.slice(2, 4).map(Number);

if (process.env.AUDIENCE_PORT) {
  const address = `ws://127.0.0.1:${process.env.AUDIENCE_PORT}`;
  const sockets = await open(Array.from({ length: connections }, () => () => address));
  process.send("open");
  process.on("message", async (text) => {
    const all = heard(sockets, text);
    process.send("ready");
    await all;
    process.send("heard");
  });
} else {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  await new Promise((resolve) => server.once("listening", resolve));
  const env = { ...process.env, AUDIENCE_PORT: String(server.address().port) };
  const audience = fork(import.meta.filename, [connections, rounds], { env });
  const told = () => new Promise((resolve) => audience.once("message", resolve));
  await told();
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const text = `round-${round}-${"x".repeat(200)}`;
    audience.send(text);
    await told();
    const message = JSON.stringify({ type: "broadcast", id: String(round), message: text, at: new Date() });
    const started = performance.now();
    for (const client of server.clients) client.send(message);
    await told();
    times.push(performance.now() - started);
  }
  audience.kill();
  server.close();
  console.log(JSON.stringify({ row: "ws", connections, ...figures(times) }));
}
