// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detail } from "../../client/fakes";
import { ApiError, type TaskStatus } from "../../client/page";
import { type App, AppContext } from "../state/app";
import { texts } from "../texts";
import { TaskActions } from "./task-actions";

let place: HTMLElement;
let asked: string[];
/** Answers the command under way. */
let answer: (refusal?: ApiError) => void;

beforeEach(() => {
  place = document.createElement("div");
  asked = [];
});

afterEach(() => render(null, place));

const command = (name: string) => (id: string) =>
  new Promise<void>((resolve, reject) => {
    asked.push(`${name} ${id}`);
    answer = (refusal) => (refusal ? reject(refusal) : resolve());
  });

function show(status: TaskStatus): Promise<void> {
  const client = { cancel: command("cancel"), retry: command("retry") };
  const app = { client } as unknown as App;
  return act(() =>
    render(
      <AppContext.Provider value={app}>
        <TaskActions task={detail(1, { status })} />
      </AppContext.Provider>,
      place,
    ),
  );
}

const button = () => place.querySelector("button");
const press = () => act(() => button()?.click());

describe("what can be done with a task", () => {
  it("is to cancel it while it goes on, once", async () => {
    await show("processing");
    expect(button()?.textContent).toBe(texts.detail.cancel.label);
    await press();
    expect(button()?.textContent).toBe(texts.detail.cancel.busy);
    expect(button()?.getAttribute("aria-disabled")).toBe("true");
    await press();
    await act(async () => answer());
    expect(asked).toEqual(["cancel task-1"]);
    expect(button()?.textContent).toBe(texts.detail.cancel.label);
  });

  it.each(["failed", "cancelled", "timed_out"] as const)(
    "is to run it again (%s)",
    async (status) => {
      await show(status);
      expect(button()?.textContent).toBe(texts.detail.runAgain.label);
      await press();
      await act(async () => answer());
      expect(asked).toEqual(["retry task-1"]);
    },
  );

  it("is to begin another one like it, and nothing else when it has completed", async () => {
    await show("completed");
    expect(button()).toBeNull();
    expect(place.querySelector("a")?.getAttribute("href")).toBe("#/new?from=task-1");
  });

  it("says in words what was refused", async () => {
    await show("processing");
    await press();
    const detail = "it completed before";
    await act(async () => answer(new ApiError(409, { code: "task_ended", detail })));
    const alert = place.querySelector("[role=alert]");
    expect(alert?.textContent).toContain(texts.errors.task_ended?.title);
    expect(button()?.getAttribute("aria-disabled")).toBe("false");
  });
});
