import type { PoolProcess, System } from "../api/operations";
import { duration } from "../format";
import { Empty } from "../parts/empty";
import { Moment } from "../parts/fact";
import { texts } from "../texts";

const words = texts.operators.pool;

/** The processes that run tasks beside Lambda, or instead of it. */
export function PoolCard({ system }: { system: System | null }) {
  if (!system) return null;
  return (
    <section class="card" aria-labelledby="pool-title">
      <div class="section-head pad">
        <h2 id="pool-title">{words.title}</h2>
        <span class="muted">{words.overflow[system.overflow] ?? system.overflow}</span>
      </div>
      {system.pool.length === 0 && <Empty title={words.emptyTitle} lead={words.empty} />}
      <ul class="tenants">
        {system.pool.map((process) => (
          <Process key={process.id} process={process} />
        ))}
      </ul>
    </section>
  );
}

function Process({ process }: { process: PoolProcess }) {
  const { id, running, capacity, oldestWaitMs, seenAt, alive } = process;
  const wait = oldestWaitMs === null ? words.noWait : words.oldestWait(duration(oldestWaitMs));
  return (
    <li class="process" data-process={id}>
      <strong class="id">{id}</strong>
      <span class={alive ? "count" : "count mark-of bad"}>
        {alive ? words.share(running, capacity) : words.silent}
      </span>
      <span class="muted">
        {wait} {words.seen} <Moment at={seenAt} />
      </span>
    </li>
  );
}
