import type { DashboardWindow } from "../../client/page";
import type { Metric } from "../api/timeseries";

export const overview = {
  title: "Overview",
  window: "Time window",
  windows: { "1h": "1 h", "24h": "24 h", "7d": "7 d", all: "All" },
  windowNames: {
    "1h": "the last hour",
    "24h": "the last 24 hours",
    "7d": "the last 7 days",
    all: "all time",
  } satisfies Record<DashboardWindow, string>,
  users: "Users",
  usersHint: "distinct users seen",
  sessions: "Active sessions",
  sessionsHint: "started and not ended",
  response: "Average response time",
  responseHint: (window: string) => `mean over ${window}`,
  noRequests: (window: string) => `no requests in ${window}`,
  refresh: "Read again",
  readAt: (time: string) => `Read at ${time}`,
  freshness:
    "Read again whenever one of your tasks changes, when the connection returns, and on demand.",

  activity: {
    title: "Right now",
    running: "running",
    queued: "queued",
    updates: "updates in the last minute",
    sparkline: (total: number) => `Updates per second over the last minute: ${total} in all`,
  },

  charts: {
    requests: "Requests and errors",
    errorRate: "Error rate",
    latency: "Latency",
    activeUsers: "Active users",
    loading: "Loading…",
    empty: "No requests in this time.",
    split: "Split by service",
    hint: "Drag over a chart to zoom in; double-click to zoom out.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    earlier: "Earlier",
    later: "Later",
    reset: "Whole window",
    asTable: "As a table",
    tooMany: "This time holds too many services to tell apart.",
    figure: (name: string, from: string, to: string) => `${name}, from ${from} to ${to}`,
    time: "Time",
    other: "unnamed",
    perBucket: { minute: "per minute", hour: "per hour", day: "per day" },
  },
  metrics: {
    requests: "Requests",
    errors: "Errors",
    error_rate: "Error rate",
    latency_p50: "p50",
    latency_p95: "p95",
    latency_p99: "p99",
    active_users: "Active users",
  } satisfies Record<Metric | "error_rate", string>,
} as const;
