import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../client/fakes";
import { readLine } from "../api/logs";
import { createListeners } from "../state/ports";
import { createLogs, joined, type Logs, readQuery, withLive } from "./logs-state";

const line = (id: string) => ({ id, at: "2026-01-01T00:00:00Z", level: "info", message: id });
const page = (ids: string[], nextCursor: string | null = null) => ({
  lines: ids.map((id) => readLine(line(id))),
  nextCursor,
});

let clock: FakeClock;
let asked: object[];
let answers: { lines: object[]; next_cursor: string | null }[];
let logs: Logs;
let beats = createListeners<void>();
let topics: object[] = [];
const frames = createListeners<object>();
const states = createListeners<{ name: string }>();
const query = signal(readQuery({}));

const answer = (ids: string[], next_cursor: string | null = null) => ({
  lines: ids.map(line),
  next_cursor,
});
const ids = () => logs.page.value?.lines.map(({ id }) => id);

beforeEach(() => {
  logs?.close();
  clock = new FakeClock();
  asked = [];
  answers = [];
  beats = createListeners();
  query.value = readQuery({});
  const get = async <T>(_: string, given?: object) => {
    asked.push(given ?? {});
    return (answers.shift() ?? answer([])) as T;
  };
  const pulse = { onBeat: (callback: () => void) => beats.add(callback) };
  topics = [];
  const realtime = {
    stream: {
      subscribe: (topic: object) => {
        topics.push(topic);
        return () => {
          topics = topics.filter((one) => one !== topic);
        };
      },
    },
    on: (_: string, callback: (frame: never) => void) =>
      frames.add((frame) => callback({ type: "unknown", frame } as never)),
    onState: (callback: (state: never) => void) => states.add((state) => callback(state as never)),
  };
  const client = { http: { get }, realtime, connect: () => {} };
  logs = createLogs({ client: client as never, pulse, clock }, query);
});

describe("logs", () => {
  it("are asked for at once, then when typing rests", async () => {
    answers = [answer(["b", "a"], "c"), answer(["z"])];
    await clock.advance(0);
    expect(ids()).toEqual(["b", "a"]);
    for (const text of ["p", "pa", "pay"]) query.value = readQuery({ text });
    await clock.advance(300);
    expect(asked).toEqual([
      { type: "log", limit: 100, cursor: null },
      { type: "log", text: "pay", limit: 100, cursor: null },
    ]);
    expect(ids()).toEqual(["z"]);
  });

  it("go on to older lines", async () => {
    answers = [answer(["b"], "next"), answer(["a"])];
    await clock.advance(0);
    await logs.more();
    expect(asked.at(-1)).toMatchObject({ cursor: "next" });
    expect([ids(), logs.page.value?.nextCursor]).toEqual([["b", "a"], null]);
  });

  it("of requests are read again with the pulse, while they are live", async () => {
    query.value = readQuery({ type: "request" });
    answers = [answer(["a"]), answer(["c", "b", "a"]), answer(["d"])];
    await clock.advance(300);
    expect(topics).toEqual([]);
    beats.emit();
    await clock.advance(0);
    expect([ids(), logs.fresh.value]).toEqual([["c", "b", "a"], 2]);
    logs.live.value = false;
    beats.emit();
    await clock.advance(3_600_000);
    expect(asked, "nothing is asked by the clock").toHaveLength(2);
  });

  it("come by themselves, and what was missed in an absence is read", async () => {
    answers = [answer(["b", "a"], "older"), answer(["d"], "older")];
    await clock.advance(0);
    expect(topics).toEqual([{ logs: "*" }]);
    const come = (id: string, at: string) =>
      frames.emit({ type: "logs", level: "*", lines: [{ ...line(id), at }], left_out: 2 });
    come("c", "2026-01-01T00:00:05Z");
    await clock.advance(250);
    expect([ids(), logs.tail.leftOut.value]).toEqual([["c", "b", "a"], 2]);
    beats.emit();
    await clock.advance(0);
    expect(asked, "the pulse is not needed").toHaveLength(1);
    states.emit({ name: "waiting" });
    states.emit({ name: "open" });
    await clock.advance(0);
    expect(asked).toHaveLength(2);
    expect(ids()).toContain("d");
    logs.live.value = false;
    expect(topics).toEqual([]);
    logs.live.value = true;
    query.value = readQuery({ level: "error" });
    expect(topics).toEqual([{ logs: "error" }]);
    query.value = readQuery({ to: "2026-01-01T00:00:00Z" });
    expect(topics).toEqual([]);
  });

  it("are cut where there are more than anybody reads, and then lead nowhere", () => {
    const live = Array.from({ length: 2_000 }, (_, n) => readLine(line(`l${n}`)));
    const shown = withLive(live, page(["a"], "older"));
    expect([shown.lines.length, shown.nextCursor, shown.cut]).toEqual([2_000, null, true]);
    expect(withLive([], page(["a"], "older"))).toMatchObject({ nextCursor: "older", cut: false });
  });
});

describe("newer lines", () => {
  it("stand before those that are known, each once", () => {
    expect(joined(page(["c", "b"], "x"), page(["b", "a"], "y"))).toEqual({
      page: page(["c", "b", "a"], "y"),
      fresh: 1,
    });
  });

  it("stand alone where there may be others between", () => {
    expect(joined(page(["z", "y"], "x"), page(["b"], null)).page).toEqual(page(["z", "y"], "x"));
  });
});

describe("a line", () => {
  it("is read from whatever was sent", () => {
    const request = {
      id: "r",
      at: "t",
      status: 404,
      method: "GET",
      path: "/x",
      response_time_ms: 2,
    };
    expect(readLine(request)).toMatchObject({ mark: "404", words: "GET /x", tookMs: 2 });
    expect(readLine({ level: "error", message: "no", at: 5 })).toMatchObject({
      mark: "error",
      words: "no",
      at: "",
    });
  });

  it("is searched by what fits its type", () => {
    const both = { level: "error", status: "5xx" };
    expect(readQuery(both)).toMatchObject({ type: "log", level: "error", status: "" });
    expect(readQuery({ ...both, type: "request" })).toMatchObject({ level: "", status: "5xx" });
  });
});
