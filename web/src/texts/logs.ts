export const logs = {
  title: "Logs",
  filter: "Search the logs",
  type: "Show",
  types: { log: "Log lines", request: "Requests" },
  text: "Text",
  textHint: { log: "in the message", request: "in the path" },
  level: "Level",
  anyLevel: "Any level",
  status: "Status",
  statusHint: "404 or 5xx",
  service: "Service",
  from: "From (your time)",
  to: "To (your time)",
  live: "Live",
  streaming:
    "New lines appear as they are stored. The list stands still while you scroll down or a line has the focus.",
  following:
    "Requests have no live stream, and this page does not poll: the newest are read again whenever one of your " +
    "tasks changes and when the connection returns.",
  ended:
    "Nothing new can come before a moment that has passed: clear “To” to see lines as they come.",
  held: (n: number) => (n === 1 ? "1 new line" : `${n} new lines`),
  leftOut: (n: number) =>
    `${n === 1 ? "One line was" : `${n} lines were`} left out: too many came at once. Read the newest to see them.`,
  cut: (n: number) => `The newest ${n} lines. Older ones are found by time.`,
  refresh: "Read the newest",
  more: "Older lines",
  moreBusy: "Loading…",
  loading: "Loading…",
  emptyTitle: "No lines",
  empty: "Nothing matches. Send some with POST /events, or change the filters.",
  lookedFar: "Nothing among the newest 5,000 lines that were looked through. Older ones may match.",
  count: (n: number, more: boolean) => `${n}${more ? "+" : ""}`,
  fields: "All fields",
  list: "Log lines, newest first",
  fresh: (n: number) => (n === 1 ? "1 new line" : `${n} new lines`),
} as const;
