/**
 * The built dashboard under its content security policy, with an API and a WebSocket that answer as
 * the contracts say. For what the deployed stack cannot do on demand: a thousand updates a second,
 * a restart, figures of a busy day. Everything else is tested against the stack.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { timeseries } from "./figures.mjs";
import { KINDS } from "./kinds.mjs";
import { CONNECTIONS, GROUPS, system } from "./operations.mjs";
import { detailOf, nextUpdate, taskList } from "./tasks.mjs";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The policy of web/README.md; here one origin is all of them. */
const policy = (port) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");

const REPORTS = ["Requests by service", "Requests by route and status", "Errors by user"].map(
  (title, n) => ({
    request_id: `report-${n}`,
    kind: "aggregate",
    title,
    created_at: new Date(Date.now() - n * 5_400_000).toISOString(),
    input: { group_by: ["service", "status"], window: "24h" },
    tags: n === 0 ? ["nightly"] : [],
    row_count: n === 2 ? null : 9 + n * 30,
    bytes: 2_400 + n * 40_000,
  }),
);

const LEVELS = ["info", "info", "warn", "info", "error"];
const LINES = Array.from({ length: 60 }, (_, n) => ({
  id: `l-${n}`,
  type: "log",
  at: new Date(Date.now() - n * 41_000).toISOString(),
  level: LEVELS[n % LEVELS.length],
  service: ["checkout", "search", "accounts"][n % 3],
  message: [
    "payment accepted",
    "index refreshed",
    "token about to expire",
    "cache warmed",
    "payment provider timed out",
  ][n % 5],
}));

export class FakeStack {
  tasks = taskList(120, 40);
  submitted = [];
  uploads = [];
  /** Dead letters of tasks; a redrive takes them. */
  dead = GROUPS;
  redriven = [];
  sockets = new Set();
  #port = 0;
  #dist;
  #http;
  #ws;
  #busy;

  constructor(dist) {
    this.#dist = dist;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The second time at the same address. */
  async start() {
    this.#http = createServer((request, response) => void this.#answer(request, response));
    this.#ws = new WebSocketServer({ server: this.#http, handleProtocols: () => "adology.v1" });
    this.#ws.on("connection", (socket) => this.#meet(socket));
    await new Promise((resolve) => this.#http.listen(this.#port, "127.0.0.1", resolve));
    this.#port = this.#http.address().port;
  }

  async stop() {
    this.quiet();
    for (const socket of this.sockets) socket.terminate();
    this.#ws.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** So many updates a second, over all running tasks, until `quiet`. */
  rush(perSecond) {
    const running = this.tasks.filter((task) => task.status === "processing");
    const began = performance.now();
    let sent = 0;
    this.#busy = setInterval(() => {
      const due = Math.floor(((performance.now() - began) * perSecond) / 1000);
      for (; sent < due; sent++) this.send(nextUpdate(running[sent % running.length]));
    }, 10);
    return () => sent;
  }

  /** So many log lines a second, in frames as the api bounds them, until `quiet`. */
  pour(perSecond) {
    let sent = 0;
    this.#busy = setInterval(() => {
      const lines = Array.from({ length: perSecond / 10 }, () => ({
        ...LINES[sent % LINES.length],
        id: `live-${sent++}`,
        at: new Date().toISOString(),
      }));
      this.send({ type: "logs", level: "*", lines, left_out: 0 });
    }, 100);
    return () => sent;
  }

  quiet() {
    clearInterval(this.#busy);
  }

  send(frame) {
    const text = JSON.stringify(frame);
    for (const socket of this.sockets) socket.send(text);
  }

  #meet(socket) {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      if (frame.action === "ping") socket.send('{"type":"pong"}');
      if (frame.action !== "resume") return;
      const tasks = Object.fromEntries(
        Object.keys(frame.tasks).map((id) => {
          const version = this.tasks.find((task) => task.request_id === id)?.version ?? 0;
          return [id, { version, recovered: true }];
        }),
      );
      socket.send(JSON.stringify({ type: "resumed", recovered: true, tasks }));
    });
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const found = this.#api(request.method, pathname, searchParams, body, request.headers);
    if (found) {
      // A task has a status too, in words.
      const { status, body: told } = Number.isInteger(found.status) ? found : { body: found };
      response.writeHead(status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(told));
      return;
    }
    await this.#file(pathname === "/" ? "/index.html" : pathname, response);
  }

  async #file(path, response) {
    try {
      const bytes = await readFile(join(this.#dist, normalize(path)));
      response.writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "content-security-policy": policy(this.#port),
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }

  #api(method, path, query, body, headers) {
    const routes = {
      "GET /config.json": () => ({
        httpUrl: `${this.url}/api`,
        cognitoEndpoint: `${this.url}/cognito`,
        userPoolClientId: "fake",
        demo: { username: "demo", password: "demo" },
      }),
      "POST /cognito": () => signIn(headers),
      "POST /api/realtime/tickets": () => ({
        ticket: "t",
        expires_at: "",
        url: `ws://127.0.0.1:${this.#port}/live`,
      }),
      "GET /api/dashboard": () => ({
        user_count: 1284,
        active_sessions: 87,
        avg_response_time_ms: 64.2,
      }),
      "GET /api/dashboard/timeseries": () => timeseries(query),
      "GET /api/kinds": () => ({ kinds: KINDS }),
      "GET /api/operators/system": () => this.system(),
      "GET /api/operators/connections": () => CONNECTIONS,
      "GET /api/operators/dead-letters": () => this.#letters(query.get("queue")),
      "POST /api/operators/dead-letters/redrive": () => this.#redrive(JSON.parse(String(body))),
      "GET /api/logs": () => ({ lines: LINES, next_cursor: null }),
      "GET /api/reports": () => ({ reports: REPORTS, next_cursor: null }),
      "GET /api/tasks": () => ({ tasks: this.tasks.slice(0, 100), next_cursor: null }),
      "POST /api/tasks": () => this.#submit(JSON.parse(String(body))),
      "POST /api/uploads": () => ({
        status: 201,
        body: { upload_id: "upload-1", url: `${this.url}/store`, fields: { key: "k" } },
      }),
      "POST /store": () => {
        this.uploads.push(String(body));
        return { status: 201, body: {} };
      },
    };
    const known = routes[`${method} ${path}`];
    if (known) return known();
    const [, kind, id] = /^\/api\/(tasks|reports)\/([^/]+)$/.exec(path) ?? [];
    if (kind === "tasks") {
      const task = this.tasks.find((one) => one.request_id === id);
      return task ? detailOf(task) : { status: 404, body: { code: "task_not_found" } };
    }
    const report = kind && REPORTS.find((one) => one.request_id === id);
    return (
      report && { ...report, result: detailOf({ ...this.tasks[60], status: "completed" }).result }
    );
  }

  system() {
    return system(this.dead.reduce((sum, { count }) => sum + count, 0));
  }

  #letters(queue) {
    const groups = queue === "work" ? this.dead : [];
    return { queue, looked_at: groups.reduce((sum, { count }) => sum + count, 0), groups };
  }

  #redrive(asked) {
    this.redriven.push(asked);
    const named = ({ letters }) =>
      !asked.request_ids || letters.every((one) => asked.request_ids.includes(one.request_id));
    const gone = this.dead.filter(named);
    this.dead = this.dead.filter((group) => !gone.includes(group));
    const sum = (groups) => groups.reduce((all, { count }) => all + count, 0);
    return { redriven: sum(gone), left: sum(this.dead), problem: null, more: false };
  }

  #submit(task) {
    this.submitted.push(task);
    const [first] = taskList(1, 1);
    const request_id = `019b7c3a-1c00-7abc-8dee-${String(this.submitted.length).padStart(12, "0")}`;
    this.tasks.unshift({ ...first, ...task, request_id, phase: "queued", version: 1, tags: [] });
    return { status: 202, body: { request_id, status: "processing", message: "", version: 1 } };
  }
}

/** An operator, so that every page is there. */
function signIn(headers) {
  if (!headers["x-amz-target"]?.endsWith("InitiateAuth")) return {};
  const claims = Buffer.from(JSON.stringify({ "cognito:groups": ["operator"] }));
  const IdToken = `e30.${claims.toString("base64url")}.c2ln`;
  return { AuthenticationResult: { IdToken, RefreshToken: "r", ExpiresIn: 3600 } };
}
