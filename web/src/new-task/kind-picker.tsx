import type { Kind } from "../api/kinds";
import { texts } from "../texts";

interface Props {
  kinds: readonly Kind[];
  chosen: string | null;
  onChoose: (kind: Kind) => void;
}

export function KindPicker({ kinds, chosen, onChoose }: Props) {
  return (
    <fieldset class="kinds">
      <legend class="unseen">{texts.newTask.kind}</legend>
      {kinds.map((kind) => (
        <label key={kind.name} class="kind-card">
          <input
            type="radio"
            name="kind"
            value={kind.name}
            checked={kind.name === chosen}
            onChange={() => onChoose(kind)}
          />
          <span>
            <strong>{kind.title}</strong>
            {kind.summary && <span class="muted">{kind.summary}</span>}
            {kind.outside && <span class="muted">{texts.newTask.outside}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
