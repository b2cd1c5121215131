/** Whether somebody reads the lines: scrolled down to them, or with the focus in one. */

/** Pixels from the top within which new lines may push the others down. */
const TOP = 80;

export function createReader(reading: (now: boolean) => void) {
  let focused = false;
  const tell = () => reading(focused || scrollY > TOP);
  return {
    focus(inside: boolean): void {
      focused = inside;
      tell();
    },
    /** Back to the newest. */
    done(): void {
      scrollTo({ top: 0 });
      focused = false;
      reading(false);
    },
    watch(): () => void {
      addEventListener("scroll", tell, { passive: true });
      return () => removeEventListener("scroll", tell);
    },
  };
}
