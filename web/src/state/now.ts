import { signal } from "@preact/signals";

let timer: ReturnType<typeof setInterval> | undefined;

/** The time, ticking once a second while something on the page shows it. */
export const now = signal(Date.now(), {
  watched() {
    this.value = Date.now();
    timer = setInterval(() => {
      this.value = Date.now();
    }, 1000);
  },
  unwatched() {
    clearInterval(timer);
  },
});
