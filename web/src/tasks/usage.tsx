import { isTerminal, type TaskDetail } from "../../client/page";
import { bytes, dollars, duration, number } from "../format";
import { Fact } from "../parts/fact";
import { texts } from "../texts";

/** What the task used and what that costs, as soon as the server knows. */
export function Usage({ task }: { task: TaskDetail }) {
  const { usage, cost_usd } = task;
  if (!usage && cost_usd === undefined) return null;
  const used = Object.entries(usage ?? {}).filter(([, amount]) => amount > 0);
  const { detail } = texts;
  return (
    <section aria-labelledby="usage-title">
      <h3 id="usage-title">{detail.usage}</h3>
      <dl class="facts">
        <Fact label={detail.cost}>
          {cost_usd === undefined || !isTerminal(task.status) ? detail.noCost : dollars(cost_usd)}
        </Fact>
        {used.map(([name, amount]) => (
          <Fact key={name} label={detail.usageNames[name] ?? name}>
            {amountOf(name, amount)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

/** In the unit that its name ends with. */
export function amountOf(name: string, amount: number): string {
  if (name.endsWith("_ms")) return duration(amount);
  return name.endsWith("_bytes") ? bytes(amount) : number(amount);
}
