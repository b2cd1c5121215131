/** What operators see of a service with a little trouble. */

const NOW = Date.now();
const at = (minutesAgo) => new Date(NOW - minutesAgo * 60_000).toISOString();

const queue = (name, visible, in_flight, delayed, dead) => ({
  ...{ name, visible, in_flight, delayed, dead },
});

export function system(dead) {
  return {
    at: new Date().toISOString(),
    queues: [
      queue("work", 1_204, 38, 12, dead),
      queue("urgent", 2, 4, 0, 0),
      queue("updates", 17, 9, 0, 0),
      queue("callbacks", 0, 1, 41, 1),
    ],
    connections: { open: 412, counted_all: true },
    pool: [
      {
        id: "pool-7f31",
        started_at: at(420),
        seen_at: at(0),
        capacity: 16,
        running: 16,
        oldest_wait_ms: 1_840,
      },
      {
        id: "pool-a902",
        started_at: at(31),
        seen_at: at(0),
        capacity: 16,
        running: 9,
        oldest_wait_ms: null,
      },
    ],
    overflow: "spilling",
  };
}

export const CONNECTIONS = {
  open: 412,
  stale: 5,
  stale_share: 0.012,
  counted_all: true,
  shards: [49, 55, 51, 47, 60, 52, 50, 48].map((open, shard) => ({
    ...{ shard, open, stale: shard === 4 ? 5 : 0 },
  })),
  tenants: [
    {
      tenant: "acme",
      open: 231,
      users: [
        { user: "ada", open: 4 },
        { user: null, open: 1 },
      ],
    },
    {
      tenant: "zeta",
      open: 181,
      users: [{ user: "93c4d8f2-1061-70aa-0f9a-3d1b2f4e5a6c", open: 2 }],
    },
  ],
};

const letter = (n, tenant, message) => ({
  message_id: `letter-${n}`,
  since: at(7 * n),
  reason: `${message[0]}: ${message[1]}`,
  tenant,
  request_id: `019b7c3a-1c00-7abc-8dee-${String(n).padStart(12, "0")}`,
  status: "failed",
  error: { code: message[0], message: message[1] },
});

const STORE = ["store_unavailable", "mongodb did not answer. Given up after 5 attempts."];

export const GROUPS = [
  {
    reason: "store_unavailable",
    kind: "aggregate",
    count: 3,
    letters: [letter(3, "acme", STORE), letter(2, "zeta", STORE), letter(1, "acme", STORE)],
  },
  {
    reason: "unreadable_message",
    kind: null,
    count: 1,
    letters: [
      {
        message_id: "letter-9",
        since: at(90),
        reason: "unreadable_message: the message has version 2, we know up to 1",
        tenant: null,
        request_id: null,
        status: null,
        error: null,
      },
    ],
  },
];
