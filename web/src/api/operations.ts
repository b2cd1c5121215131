/** `GET /operators/…`: how the service stands, who is connected, what is dead. Of all tenants. */

import type { Http } from "../../client/http";
import { isObject, type Json, object, text, whole } from "../../client/json";

export interface Queue {
  name: string;
  visible: number;
  inFlight: number;
  delayed: number;
  dead: number;
}

export interface PoolProcess {
  id: string;
  startedAt: string;
  seenAt: string;
  alive: boolean;
  capacity: number;
  running: number;
  /** Null where it took nothing lately. */
  oldestWaitMs: number | null;
}

export interface System {
  at: string;
  queues: Queue[];
  open: number;
  countedAll: boolean;
  pool: PoolProcess[];
  overflow: string;
}

export interface DeadLetter {
  id: string;
  since: string;
  reason: string | null;
  tenant: string | null;
  requestId: string | null;
  status: string | null;
  error: string | null;
}

export interface DeadGroup {
  reason: string;
  kind: string | null;
  count: number;
  letters: DeadLetter[];
}

export interface DeadLetters {
  lookedAt: number;
  groups: DeadGroup[];
}

export interface Redriven {
  redriven: number;
  left: number;
  problem: string | null;
  more: boolean;
}

export interface Connections {
  open: number;
  stale: number;
  staleShare: number;
  countedAll: boolean;
  shards: { shard: number; open: number; stale: number }[];
  tenants: { tenant: string; open: number; users: { user: string | null; open: number }[] }[];
}

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const count = (value: unknown): number => whole(value) ?? 0;

/** The same as the operators' stream tells it. */
export function parseSystem(answer: Json): System {
  const connections = object(answer.connections);
  return {
    at: text(answer.at) ?? "",
    queues: objects(answer.queues).map((queue) => ({
      name: text(queue.name) ?? "",
      visible: count(queue.visible),
      inFlight: count(queue.in_flight),
      delayed: count(queue.delayed),
      dead: count(queue.dead),
    })),
    open: count(connections.open),
    countedAll: connections.counted_all !== false,
    pool: objects(answer.pool).map((one) => ({
      id: text(one.id) ?? "",
      startedAt: text(one.started_at) ?? "",
      seenAt: text(one.seen_at) ?? "",
      alive: one.alive !== false,
      capacity: count(one.capacity),
      running: count(one.running),
      oldestWaitMs: whole(one.oldest_wait_ms),
    })),
    overflow: text(answer.overflow) ?? "",
  };
}

export async function readSystem(http: Pick<Http, "get">): Promise<System> {
  return parseSystem(await http.get("/operators/system"));
}

export async function readConnections(http: Pick<Http, "get">): Promise<Connections> {
  const answer = await http.get<Json>("/operators/connections");
  return {
    open: count(answer.open),
    stale: count(answer.stale),
    staleShare: typeof answer.stale_share === "number" ? answer.stale_share : 0,
    countedAll: answer.counted_all !== false,
    shards: objects(answer.shards).map(({ shard, open, stale }) => ({
      shard: count(shard),
      open: count(open),
      stale: count(stale),
    })),
    tenants: objects(answer.tenants).map(({ tenant, open, users }) => ({
      tenant: text(tenant) ?? "",
      open: count(open),
      users: objects(users).map((one) => ({ user: text(one.user), open: count(one.open) })),
    })),
  };
}

/** As many as one look shows. */
const LOOK = 100;

export async function readDeadLetters(
  http: Pick<Http, "get">,
  queue: string,
): Promise<DeadLetters> {
  const answer = await http.get<Json>("/operators/dead-letters", { queue, limit: LOOK });
  return {
    lookedAt: count(answer.looked_at),
    groups: objects(answer.groups).map((group) => ({
      reason: text(group.reason) ?? "",
      kind: text(group.kind),
      count: count(group.count),
      letters: objects(group.letters).map(parseLetter),
    })),
  };
}

function parseLetter(letter: Json): DeadLetter {
  return {
    id: text(letter.message_id) ?? "",
    since: text(letter.since) ?? "",
    reason: text(letter.reason),
    tenant: text(letter.tenant),
    requestId: text(letter.request_id),
    status: text(letter.status),
    error: text(object(letter.error).message),
  };
}

/** All of a queue's letters, or those about these tasks. */
export async function redrive(
  http: Pick<Http, "post">,
  queue: string,
  requestIds: string[] | null,
): Promise<Redriven> {
  const body = { queue, ...(requestIds && { request_ids: requestIds }) };
  const answer = await http.post<Json>("/operators/dead-letters/redrive", body);
  return {
    redriven: count(answer.redriven),
    left: count(answer.left),
    problem: text(answer.problem),
    more: answer.more === true,
  };
}
