/** The colours of the style sheet as a canvas takes them. */

/** What a custom property comes to here and now: it may differ between light and dark. */
export function colourOf(host: HTMLElement, property: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export interface Palette {
  series: string[];
  grid: string;
  text: string;
  font: string;
}

export const SERIES = 8;

export function paletteOf(host: HTMLElement): Palette {
  return {
    series: Array.from({ length: SERIES }, (_, i) => colourOf(host, `--series-${i + 1}`)),
    grid: colourOf(host, "--line"),
    text: colourOf(host, "--text-soft"),
    font: `12px ${getComputedStyle(host).fontFamily}`,
  };
}
