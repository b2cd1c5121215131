import { count } from "../format";
import { texts } from "../texts";
import type { Summary } from "./summary";

export function SummaryView({ summary }: { summary: Summary }) {
  const { results } = texts;
  return (
    <div class="summary">
      <p>{summary.text}</p>
      {summary.sentiment && <Sentiment {...summary.sentiment} />}
      <Counted title={results.topics} items={summary.topics} />
      <Counted title={results.phrases} items={summary.phrases} />
      {summary.highlights.length > 0 && (
        <div>
          <h4>{results.highlights}</h4>
          {summary.highlights.map((highlight, i) => (
            <blockquote key={i}>{highlight}</blockquote>
          ))}
        </div>
      )}
    </div>
  );
}

type Parts = NonNullable<Summary["sentiment"]>;

function Sentiment(parts: Parts) {
  const names = Object.keys(texts.results.sentiment) as (keyof Parts)[];
  return (
    <div class="sentiment">
      <svg class="sentiment-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        {sharesOf(names.map((name) => parts[name])).map(({ start, width }, i) => (
          <rect key={names[i]} class={names[i]} x={start} width={width} height="4" />
        ))}
      </svg>
      <ul>
        {names.map((name) => (
          <li key={name} class={name}>
            <strong>{count(parts[name])}</strong> {texts.results.sentiment[name]}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where each part of a whole of 100 lies. */
export function sharesOf(parts: readonly number[]): { start: number; width: number }[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  let start = 0;
  return parts.map((part) => {
    const share = { start, width: whole === 0 ? 0 : (part / whole) * 100 };
    start += share.width;
    return share;
  });
}

function Counted({ title, items }: { title: string; items: Summary["topics"] }) {
  if (items.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
      <ul class="counted">
        {items.slice(0, 12).map(({ label, count: many }) => (
          <li key={label} class="tag">
            {label} <span class="muted">{count(many)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
