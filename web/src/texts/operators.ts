interface Outcome {
  redriven: number;
  left: number;
  problem: string | null;
  more: boolean;
}

export const operators = {
  title: "Operators",
  lead: "All tenants. Figures come by themselves: every minute, and when a task fails.",
  asOf: "as of",
  refresh: "Read now",
  queues: {
    title: "Queues",
    lead: "SQS counts approximately.",
    name: "Queue",
    visible: "Waiting",
    inFlight: "In hand",
    delayed: "Later",
    dead: "Dead",
    names: {
      work: "Work",
      urgent: "Urgent",
      updates: "Updates",
      callbacks: "Callbacks",
    } as Record<string, string>,
    about: {
      work: "tasks",
      urgent: "tasks of high priority; their dead letters are with Work",
      updates: "to the pusher",
      callbacks: "to submitters",
    } as Record<string, string>,
  },
  dead: {
    title: "Dead letters",
    count: (n: number) => `${n}`,
    queue: "Whose letters",
    queues: { work: "Work", updates: "Updates", callbacks: "Callbacks" },
    reasons: { received_too_often: "received too often" } as Record<string, string>,
    noTask: "no task",
    gone: "gone",
    noReason: "The queue gave it up after too many receipts.",
    redriveAll: "Redrive all",
    redriveGroup: (n: number) => (n === 1 ? "Redrive this one" : `Redrive these ${n}`),
    question: (n: number | null, queue: string) =>
      n === null
        ? `Redrive the dead letters of ${queue}?`
        : `Redrive ${n === 1 ? "one letter" : `${n} letters`} of ${queue}?`,
    consequence: {
      work: "Tasks that failed or timed out run again, as if their owners had asked; other messages are sent once more.",
      updates: "The updates are pushed once more to whoever listens.",
      callbacks: "The callbacks are sent once more to their receivers.",
    },
    outcome: ({ redriven, left, problem, more }: Outcome) =>
      [
        redriven === 1
          ? "One letter is on its way again."
          : `${redriven} letters are on their way again.`,
        ...(problem ? [`${left} stay: ${problem}.`] : []),
        ...(more ? ["There may be more: ask again."] : []),
      ].join(" "),
    emptyTitle: "No dead letters",
    empty: "A message that nobody can handle lands here, with the reason.",
  },
  confirm: { yes: "Redrive", no: "Leave them", busy: "Redriving…" },
  connections: {
    title: "Connections",
    open: (n: string, all: boolean) => (all ? `${n} open` : `more than ${n} open`),
    stale: (n: string, share: string) => `${n} stale (${share})`,
    shards: "Open connections of each shard",
    shard: (n: number, open: number) => `Shard ${n}: ${open}`,
    unknownUser: "connected before the last release",
    emptyTitle: "Nobody is connected",
    empty: "Who opens the dashboard or a client appears here.",
  },
  pool: {
    title: "Pool",
    overflow: {
      lambda: "Lambda runs all tasks.",
      pool: "The pool runs all tasks.",
      spilling: "The pool takes tasks, and Lambda helps.",
      unknown: "Nobody could tell whether Lambda helps.",
    } as Record<string, string>,
    share: (running: number, capacity: number) => `${running} of ${capacity}`,
    silent: "silent",
    oldestWait: (time: string) => `A message waited ${time}.`,
    noWait: "Took nothing lately.",
    seen: "Heard of",
    emptyTitle: "No process",
    empty: "No process of the pool has been heard of lately.",
  },
  stream: {
    title: "Tasks that ended badly",
    lead: "Live, of all tenants, since this page was opened.",
    emptyTitle: "Nothing has failed",
    empty: "A task that fails or times out appears here as it happens.",
    columns: { at: "At", tenant: "Tenant", task: "Task", why: "Why" },
    count: (n: number) => `${n}`,
    clear: "Clear",
  },
  broadcast: {
    title: "Broadcast",
    lead: "Reaches everybody who is connected, at once.",
    text: "Message",
    tenant: "Only this tenant",
    tenantHint: "empty: all tenants",
    send: "Send to everybody",
    sendOne: (tenant: string) => `Send to ${tenant}`,
    busy: "Sending…",
    sent: (id: string) => `Sent (${id}).`,
    needed: "Write a message first.",
  },
} as const;
