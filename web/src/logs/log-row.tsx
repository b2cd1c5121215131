import { Component } from "preact";
import type { LogLine } from "../api/logs";
import { fullMoment, milliseconds, moment } from "../format";
import { texts } from "../texts";
import { pieces } from "./highlight";

interface Props {
  line: LogLine;
  /** What was searched for. */
  wanted: string;
}

/** One line; opened, all that it was sent with. Drawn once: a line never changes. */
export class LogRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.line !== this.props.line || next.wanted !== this.props.wanted;
  }

  override render({ line, wanted }: Props) {
    const { at, service, mark, words, tookMs, fields } = line;
    return (
      <li>
        <details class="log-line">
          <summary>
            <time dateTime={at} title={fullMoment(at)}>
              {moment(at, Date.now())}
            </time>
            <span class={`mark-of ${weightOf(mark)}`}>{mark}</span>
            <span class="log-service">{service}</span>
            <span class="log-words">
              {pieces(words, wanted).map(({ text, hit }, i) =>
                hit ? <mark key={i}>{text}</mark> : text,
              )}
            </span>
            {tookMs !== null && (
              <span class="log-took">
                {milliseconds(tookMs)} {texts.milliseconds}
              </span>
            )}
          </summary>
          <pre class="json">{JSON.stringify(fields, null, 2)}</pre>
        </details>
      </li>
    );
  }
}

/** How bad a level or a status is. */
export function weightOf(mark: string): "bad" | "warn" | "good" | "plain" {
  const known = mark.toLowerCase();
  if (/^(5\d\d|error|fatal|critical|panic)$/.test(known)) return "bad";
  if (/^(4\d\d|warn|warning)$/.test(known)) return "warn";
  return /^2\d\d$/.test(known) ? "good" : "plain";
}
