import type { Drawing } from "./line-chart";

/** Which line is which; the newest figure of each. */
export function Legend({ drawing: { lines, format } }: { drawing: Drawing }) {
  if (lines.length < 2) return null;
  return (
    <ul class="legend">
      {lines.map(({ label, colour, values }, i) => {
        const last = values.filter((value) => value !== null).at(-1);
        return (
          <li key={label}>
            <span class={`key series-${colour ?? i + 1}`} aria-hidden="true" />
            {label}
            {typeof last === "number" && <span class="muted"> {format(last)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
