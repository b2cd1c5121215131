import { Fact } from "../parts/fact";
import { texts } from "../texts";

/** What the task was asked to do, each field on one line. */
export function TaskInput({ input }: { input: unknown }) {
  const parts = inputParts(input);
  if (parts.length === 0) return null;
  return (
    <section aria-labelledby="input-title">
      <h3 id="input-title">{texts.detail.input}</h3>
      <dl class="facts">
        {parts.map(([name, value]) => (
          <Fact key={name} label={texts.detail.inputNames[name] ?? name}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

export function inputParts(input: unknown): [string, string][] {
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).map(([name, value]) => [name, oneLine(value)]);
}

function oneLine(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return value.join(", ");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
