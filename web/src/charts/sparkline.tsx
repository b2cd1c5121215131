/** A line without axes, beside a figure. */

interface Props {
  values: readonly (number | null)[];
  /** What a screen reader says instead; without it the figure beside says enough. */
  label?: string;
}

const WIDTH = 100;
const HEIGHT = 28;

export function Sparkline({ values, label }: Props) {
  const path = pathOf(values, WIDTH, HEIGHT);
  if (path === "") return null;
  return (
    <span class="sparkline">
      {label && <span class="unseen">{label}</span>}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        focusable="false"
        aria-hidden="true"
      >
        <path d={path} />
      </svg>
    </span>
  );
}

/** From zero to the highest; a gap where there is no value. Empty for less than two places. */
export function pathOf(values: readonly (number | null)[], width: number, height: number): string {
  if (values.length < 2) return "";
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
  let pen = "M";
  return values
    .flatMap((value, i) => {
      const step = pen;
      pen = value === null ? "M" : "L";
      if (value === null) return [];
      const x = (i / (values.length - 1)) * width;
      const y = 1 + (1 - value / most) * (height - 2);
      return [`${step}${rounded(x)} ${rounded(y)}`];
    })
    .join("");
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
