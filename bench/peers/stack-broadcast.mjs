// The whole system and the emulator alone, over the same open connections.
// node stack-broadcast.mjs CONNECTIONS ROUNDS; the environment is that of .local/stack.env.
// Reads the connections' ids from standard input once it has said {"open":true}.
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { figures, heard, open } from "./audience.mjs";

const [connections, rounds] = process.argv.slice(2, 4).map(Number);
const { ADOLOGY_HTTP_URL, ADOLOGY_WS_URL, BENCH_TOKEN, BENCH_TENANT } = process.env;
const AT_ONCE = 64; // As one shard posts.
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function post(url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent, headers: { "content-type": "application/json", ...headers } });
    call.once("error", reject);
    call.once("response", (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    call.end(body);
  });
}

const authorization = { authorization: `Bearer ${BENCH_TOKEN}` };

async function ticket() {
  const answer = await post(`${ADOLOGY_HTTP_URL}/realtime/tickets`, "{}", authorization);
  if (answer.status !== 201) throw new Error(`no ticket: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text).url;
}

async function measure(row, send) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const text = `${row}-${round}-${"x".repeat(200)}`;
    const all = heard(sockets, text);
    const started = performance.now();
    await send(text);
    await all;
    times.push(performance.now() - started);
  }
  console.log(JSON.stringify({ row, connections, ...figures(times) }));
}

async function system(text) {
  const body = JSON.stringify({ message: text, tenant: BENCH_TENANT });
  const answer = await post(`${ADOLOGY_HTTP_URL}/broadcast`, body, authorization);
  if (answer.status !== 202) throw new Error(`not taken: ${answer.status} ${answer.text}`);
}

function emulator(ids) {
  const base = ADOLOGY_WS_URL.replace(/^ws/, "http");
  return async (text) => {
    let next = 0;
    const worker = async () => {
      while (next < ids.length) {
        const answer = await post(`${base}/@connections/${encodeURIComponent(ids[next++])}`, text);
        if (answer.status !== 200) throw new Error(`not posted: ${answer.status}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
}

const sockets = await open(Array.from({ length: connections }, () => ticket), 16);
console.log(JSON.stringify({ open: true }));
const lines = createInterface({ input: process.stdin });
const ids = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
await measure("emulator", emulator(ids));
await measure("system", system);
process.exit(0);
