// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, it, vi } from "vitest";
import { Boundary } from "./boundary";

afterEach(() => vi.unstubAllGlobals());

it("a page that fails says so, is reported, and can be tried again", async () => {
  const reported: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
  const place = document.createElement("div");
  let broken = true;
  const Page = () => {
    if (broken) throw new Error("no");
    return <p>here</p>;
  };
  await act(() =>
    render(
      <Boundary>
        <Page />
      </Boundary>,
      place,
    ),
  );
  expect(place.querySelector("[role=alert]")?.textContent).toContain("page_failed");
  expect(reported).toEqual([new Error("no")]);
  broken = false;
  await act(() => place.querySelector("button")?.click());
  expect(place.textContent).toBe("here");
});
