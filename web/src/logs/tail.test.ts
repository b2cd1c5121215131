import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../client/fakes";
import { createListeners } from "../../client/listeners";
import { readLine } from "../api/logs";
import { readQuery } from "./logs-state";
import { createTail, GATHER_MS, MOST_LIVE, matches, type Tail } from "./tail";

const frames = createListeners<object>();
let topics: object[];
let clock: FakeClock;
let tail: Tail;
let query = readQuery({});

const client = {
  connect: () => {},
  realtime: {
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
  },
};

const line = (n: number, message = `line ${n}`) => ({
  id: `l${n}`,
  at: new Date(Date.UTC(2026, 2, 1) + n * 1_000).toISOString(),
  level: "info",
  service: n % 2 ? "shop" : "search",
  message,
});
const come = (lines: object[], left_out = 0, level = "*") =>
  frames.emit({ type: "logs", level, lines, left_out });
const ids = () => tail.lines.value.map(({ id }) => id);

beforeEach(() => {
  topics = [];
  clock = new FakeClock();
  query = readQuery({});
  tail?.stop();
  tail = createTail({ client: client as never, clock }, () => query);
  tail.start("");
});

describe("the tail", () => {
  it("shows what comes together at once, the newest first, however it came", async () => {
    come([line(1), line(3)]);
    expect(ids()).toEqual([]);
    come([line(2)]);
    await clock.advance(GATHER_MS);
    expect(ids()).toEqual(["l3", "l2", "l1"]);
    come([line(5), line(4)], 7);
    await clock.advance(GATHER_MS);
    expect([ids(), tail.leftOut.value]).toEqual([["l5", "l4", "l3", "l2", "l1"], 7]);
  });

  it("stands still while somebody reads, and says how many wait", async () => {
    come([line(1)]);
    await clock.advance(GATHER_MS);
    tail.pause(true);
    come([line(2)]);
    come([line(3)]);
    await clock.advance(GATHER_MS);
    expect([ids(), tail.held.value]).toEqual([["l1"], 2]);
    tail.pause(false);
    expect([ids(), tail.held.value]).toEqual([["l3", "l2", "l1"], 0]);
  });

  it("keeps so many lines and no more, read or not", async () => {
    const flood = Array.from({ length: MOST_LIVE + 10 }, (_, n) => line(n));
    for (let n = 0; n < flood.length; n += 100) come(flood.slice(n, n + 100));
    tail.pause(true);
    await clock.advance(GATHER_MS);
    expect([tail.held.value, tail.leftOut.value]).toEqual([MOST_LIVE, 10]);
    tail.pause(false);
    expect([ids().length, ids()[0]]).toEqual([MOST_LIVE, `l${MOST_LIVE + 9}`]);
    come([line(99_999)]);
    await clock.advance(GATHER_MS);
    expect([ids().length, ids()[0]]).toEqual([MOST_LIVE, "l99999"]);
  });

  it("shows what the search would find, of the level that is asked for", async () => {
    query = readQuery({ service: "shop", text: "LINE" });
    come([line(1), line(2), line(3, "other")]);
    await clock.advance(GATHER_MS);
    expect(ids()).toEqual(["l1"]);
    expect(matches(readLine(line(5)), readQuery({ from: line(6).at }))).toBe(false);
    tail.start("error");
    expect(topics).toEqual([{ logs: "error" }]);
    tail.stop();
    expect([topics, clock.pending]).toEqual([[], 0]);
  });
});
