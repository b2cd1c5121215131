/** What the page's state needs of the outside, as the client does. */

import type { PagePorts } from "../../client/page";

export { createListeners } from "../../client/listeners";

export type Clock = PagePorts["clock"];

export const clock: Clock = {
  now: Date.now,
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

export const sight = {
  visible: () => document.visibilityState === "visible",
  onVisible: (callback: () => void) =>
    document.addEventListener("visibilitychange", () => sight.visible() && callback()),
};
