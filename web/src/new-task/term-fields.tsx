import type { Priority } from "../../client/page";
import { Input } from "../parts/input";
import { Select } from "../parts/select";
import { texts } from "../texts";
import type { Terms } from "./terms";

interface Props {
  terms: Terms;
  onChange: (terms: Terms) => void;
}

type LineType = "text" | "number" | "datetime-local" | "url";

/** Tags are in sight; the rest is for those who ask for more. */
export function TermFields({ terms, onChange }: Props) {
  const words = texts.newTask;
  const line = (name: keyof Terms, label: string, type: LineType, hint?: string) => (
    <label class="field">
      <span>
        {label} <span class="optional">{words.optional}</span>
      </span>
      <Input
        type={type}
        name={name}
        {...(type === "number" && { min: 0 })}
        value={terms[name]}
        onValue={(value) => onChange({ ...terms, [name]: value })}
      />
      {hint && <span class="hint">{hint}</span>}
    </label>
  );
  return (
    <>
      {line("tags", words.tags, "text", words.tagsHint)}
      <details class="terms">
        <summary>{words.terms}</summary>
        <div class="fields">
          <Select<Priority>
            label={words.priority}
            name="priority"
            options={["normal", "high"]}
            names={words.priorities}
            value={terms.priority}
            onChange={(priority) => onChange({ ...terms, priority })}
          />
          {line("delay", words.delay, "number")}
          {line("deadline", words.deadline, "datetime-local")}
          {line("callback", words.callback, "url", words.callbackHint)}
        </div>
      </details>
    </>
  );
}
