import { shortId } from "../format";
import { Empty } from "../parts/empty";
import { Moment } from "../parts/fact";
import { StatusPill } from "../parts/status-pill";
import { texts } from "../texts";
import type { Failures } from "./failures";

const words = texts.operators.stream;

export function FailureList({ failures }: { failures: Failures }) {
  const list = failures.list.value;
  return (
    <section class="card" aria-labelledby="failures-title">
      <div class="section-head pad">
        <h2 id="failures-title">{words.title}</h2>
        <span class="count">{words.count(list.length)}</span>
        <span class="muted">{words.lead}</span>
        {list.length > 0 && (
          <button type="button" class="button small" onClick={failures.clear}>
            {words.clear}
          </button>
        )}
      </div>
      {list.length === 0 && <Empty title={words.emptyTitle} lead={words.empty} />}
      <ul class="failures" aria-live="polite">
        {list.map((one) => (
          <li key={`${one.request_id} ${one.version}`} data-failure={one.request_id}>
            <StatusPill status={one.status} phase={one.phase} />
            <strong>{one.tenant}</strong>
            <span>
              {one.kind} <span class="id">{shortId(one.request_id)}</span>
            </span>
            {one.at ? <Moment at={one.at} /> : <span />}
            <span class="row-error" title={one.error?.code}>
              {one.error?.message}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
