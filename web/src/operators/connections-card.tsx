import type { Connections } from "../api/operations";
import { count, percent } from "../format";
import { Empty } from "../parts/empty";
import { Notice } from "../parts/notice";
import { texts } from "../texts";
import type { ConnectionsState } from "./connections-state";

const words = texts.operators.connections;

/** Who is connected. */
export function ConnectionsCard({ connections }: { connections: ConnectionsState }) {
  const found = connections.value.value;
  return (
    <section class="card" aria-labelledby="connections-title" aria-busy={connections.busy.value}>
      <div class="section-head pad">
        <h2 id="connections-title">{words.title}</h2>
        {found && (
          <span class="count" data-open={found.open}>
            {words.open(count(found.open), found.countedAll)}
          </span>
        )}
        {found && (
          <span class="muted">{words.stale(count(found.stale), percent(found.staleShare))}</span>
        )}
      </div>
      {connections.error.value && (
        <div class="pad">
          <Notice message={connections.error.value} onRetry={() => void connections.refresh()} />
        </div>
      )}
      {found && <Shards found={found} />}
      {found?.tenants.length === 0 && <Empty title={words.emptyTitle} lead={words.empty} />}
      <ul class="tenants">
        {found?.tenants.map(({ tenant, open, users }) => (
          <li key={tenant}>
            <details>
              <summary>
                <strong>{tenant}</strong>
                <span class="count">{count(open)}</span>
              </summary>
              <ul>
                {users.map((one) => (
                  <li key={one.user ?? ""}>
                    <span class="id">{one.user ?? words.unknownUser}</span>
                    <span class="count">{count(one.open)}</span>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How evenly they are spread: a broadcast takes as long as the largest shard. */
function Shards({ found }: { found: Connections }) {
  const most = Math.max(1, ...found.shards.map(({ open }) => open));
  return (
    <ul class="shards" aria-label={words.shards}>
      {found.shards.map(({ shard, open }) => (
        <li key={shard}>
          <meter
            min={0}
            max={most}
            value={open}
            aria-label={words.shard(shard, open)}
            title={words.shard(shard, open)}
          />
        </li>
      ))}
    </ul>
  );
}
