import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../client/fakes";
import { readLine } from "../api/logs";
import { createListeners } from "../state/ports";
import { createLogs, joined, type Logs, readQuery } from "./logs-state";

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
  logs = createLogs({ client: { http: { get } }, pulse, clock }, query);
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

  it("are read again with the pulse, while they are followed", async () => {
    answers = [answer(["a"]), answer(["c", "b", "a"]), answer(["d"])];
    await clock.advance(0);
    beats.emit();
    await clock.advance(0);
    expect([ids(), logs.fresh.value]).toEqual([["c", "b", "a"], 2]);
    logs.following.value = false;
    beats.emit();
    await clock.advance(3_600_000);
    expect(asked, "nothing is asked by the clock").toHaveLength(2);
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
