import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { detail, FakeClock, summary } from "../../client/fakes";
import { ApiError, type TaskList, type TaskPage, type TaskQuery } from "../../client/page";
import { createListeners } from "../state/ports";
import { type Filter, readFilter } from "./filter";
import { createSearch, type Search } from "./search";

const ID = "019b7c3a-1c00-7abc-8def-0123456789ab";

let clock: FakeClock;
let asked: (TaskQuery | string)[];
let pages: TaskPage[];
let search: Search;
const reloads = createListeners<void>();
const live = signal<TaskList>({ tasks: [], nextCursor: null, loaded: true });
const filter = signal<Filter>(readFilter({}));

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  pages = [];
  live.value = { tasks: [summary(9), summary(8)], nextCursor: "more", loaded: true };
  filter.value = readFilter({});
  const client = {
    list: async (query: TaskQuery = {}) => {
      asked.push(query);
      const page = pages.shift();
      if (!page) throw new ApiError(503, {});
      return page;
    },
    get: async (id: string) => {
      asked.push(id);
      if (id !== ID) throw new ApiError(404, { code: "task_not_found" });
      return detail(1, { request_id: ID });
    },
    feed: {
      loadMore: async () => void asked.push("feed"),
      onReload: (callback: () => void) => reloads.add(callback),
    },
  };
  search?.close();
  search = createSearch({ client, clock }, live, filter);
});

const ids = () => search.shown.value.tasks.map((task) => task.request_id);
const typed = async (query: Record<string, string>) => {
  filter.value = readFilter(query);
  await clock.advance(250);
};

describe("the search of tasks", () => {
  it("is the live list itself without a filter", async () => {
    expect(search.shown.value).toBe(live.value);
    await search.loadMore();
    expect(asked).toEqual(["feed"]);
  });

  it("asks once for what was typed in a go", async () => {
    pages = [{ tasks: [], next_cursor: null }];
    for (const text of ["n", "ni", "nightly"]) filter.value = readFilter({ text });
    await clock.advance(250);
    expect(asked).toEqual([{ tag: "nightly", limit: 50, cursor: null }]);
  });

  it("joins what is live and what the server finds, newest first, each once", async () => {
    const failed = { status: "failed", phase: null } as const;
    live.value = { ...live.value, tasks: [summary(9, failed), summary(8)] };
    pages = [{ tasks: [summary(9, failed), summary(3, failed)], next_cursor: "c" }];
    await typed({ status: "failed" });
    expect(ids()).toEqual(["task-9", "task-3"]);
    pages = [{ tasks: [summary(2, failed)], next_cursor: null }];
    await search.loadMore();
    expect(ids()).toEqual(["task-9", "task-3", "task-2"]);
    expect(search.shown.value.nextCursor).toBeNull();
  });

  it("follows the live list: what no longer matches goes", async () => {
    pages = [{ tasks: [summary(9), summary(8)], next_cursor: null }];
    await typed({ status: "processing" });
    const done = summary(9, { status: "completed", phase: null, version: 5 });
    live.value = { ...live.value, tasks: [done, summary(8)] };
    expect(ids()).toEqual(["task-8"]);
  });

  it("reads one task by its id, and finds none where there is none", async () => {
    await typed({ text: ID });
    expect(ids()).toEqual([ID]);
    await typed({ text: ID.replace("019b", "ffff") });
    expect([ids(), search.error.value, search.shown.value.loaded]).toEqual([[], null, true]);
  });

  it("says what went wrong, and asks again after an absence", async () => {
    await typed({ kind: "export" });
    expect(search.error.value?.code).toBe("unavailable");
    pages = [{ tasks: [], next_cursor: null }];
    reloads.emit();
    await clock.advance(0);
    expect(search.error.value).toBeNull();
    expect(asked).toHaveLength(2);
  });
});
