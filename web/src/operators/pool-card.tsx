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
      {system.pool.length > 0 && (
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">{words.process}</th>
              <th scope="col" class="numeric">
                {words.running}
              </th>
              <th scope="col" class="numeric">
                {words.oldestWait}
              </th>
              <th scope="col">{words.seen}</th>
            </tr>
          </thead>
          <tbody>
            {system.pool.map((process) => (
              <Process key={process.id} process={process} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Process({ process }: { process: PoolProcess }) {
  const { id, running, capacity, oldestWaitMs, seenAt } = process;
  return (
    <tr data-process={id}>
      <th scope="row" class="id">
        {id}
      </th>
      <td class="numeric">{words.share(running, capacity)}</td>
      <td class="numeric">{oldestWaitMs === null ? texts.none : duration(oldestWaitMs)}</td>
      <td>
        <Moment at={seenAt} />
      </td>
    </tr>
  );
}
