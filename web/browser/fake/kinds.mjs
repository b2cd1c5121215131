/** What `GET /kinds` answers: the shapes that schemas of inputs come in. */

const window = { enum: ["1h", "24h", "7d", "all"], default: "24h", description: "How far back." };

export const KINDS = [
  {
    name: "aggregate",
    title: "Aggregate",
    summary: "Counts and times requests, grouped as you like.",
    cost_drivers: "The number of events in the window.",
    outside: false,
    input: {
      type: "object",
      properties: {
        group_by: {
          type: "array",
          items: { $ref: "#/$defs/Group" },
          default: ["service"],
          description: "What the rows are grouped by.",
        },
        window: { anyOf: [window, { type: "null" }] },
        from: {
          type: ["string", "null"],
          format: "date-time",
          description: "Instead of a window.",
        },
        limit: { type: "integer", minimum: 1, maximum: 10000, default: 1000 },
      },
      $defs: { Group: { enum: ["service", "path", "status", "time"] } },
    },
  },
  {
    name: "analyze",
    title: "Analyze texts",
    summary: "Sentiment, language, key phrases and topics.",
    cost_drivers: "The number of characters.",
    outside: false,
    input: {
      type: "object",
      properties: {
        documents: {
          type: "array",
          description: "1 to 1,000 texts.",
          items: {
            type: "object",
            properties: { id: { type: "string" }, text: { type: "string" } },
            required: ["id", "text"],
          },
        },
        upload_id: { type: "string", description: "A CSV, JSON lines or text file." },
        language: { type: ["string", "null"], description: "Two letters." },
      },
      oneOf: ["documents", "upload_id"].map((name) => ({
        required: [name],
        properties: { [name]: { not: { type: "null" } } },
      })),
    },
  },
  {
    name: "export",
    title: "Export",
    summary: "Rows as a file, of any size.",
    cost_drivers: "The number of rows.",
    outside: false,
    input: {
      type: "object",
      required: ["source"],
      properties: {
        source: { enum: ["users", "sessions", "events", "logs", "tasks", "report"] },
        format: {
          oneOf: [
            { const: "csv", description: "For spreadsheets" },
            { const: "jsonl", description: "One object a line" },
            { const: "parquet", description: "Columns" },
          ],
          default: "csv",
        },
        escape_formulas: { type: "boolean", default: true },
      },
    },
  },
];
