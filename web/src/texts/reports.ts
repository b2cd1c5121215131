export const reports = {
  title: "Reports",
  lead: "What completed aggregates have found, kept for later.",
  loading: "Loading…",
  emptyTitle: "No reports yet",
  empty: "A completed task of the kind “aggregate” leaves one.",
  more: "Older reports",
  moreBusy: "Loading…",
  columns: { title: "Report", created: "Made", rows: "Rows", size: "Size" },
  large: "many",
  back: "All reports",
  task: "The task that made it",
} as const;
