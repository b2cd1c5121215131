import type { System } from "../api/operations";
import { count } from "../format";
import { texts } from "../texts";

const words = texts.operators.queues;

/** Every queue, and how much is in it. */
export function QueueTable({ system }: { system: System | null }) {
  return (
    <section class="card" aria-labelledby="queues-title" aria-busy={!system}>
      <div class="section-head pad">
        <h2 id="queues-title">{words.title}</h2>
        <span class="muted">{words.lead}</span>
      </div>
      <table class="plain-table queues">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            {(["visible", "inFlight", "delayed", "dead"] as const).map((name) => (
              <th key={name} scope="col" class="numeric">
                {words[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(system?.queues ?? []).map((queue) => (
            <tr key={queue.name} data-queue={queue.name}>
              <th scope="row">
                {words.names[queue.name] ?? queue.name}
                <span class="muted"> {words.about[queue.name]}</span>
              </th>
              <td class="numeric">{count(queue.visible)}</td>
              <td class="numeric">{count(queue.inFlight)}</td>
              <td class="numeric">{count(queue.delayed)}</td>
              <td class={queue.dead > 0 ? "numeric mark-of bad" : "numeric"}>
                {queue.name === "urgent" ? texts.none : count(queue.dead)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
