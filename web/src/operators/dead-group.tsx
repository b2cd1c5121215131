import type { DeadGroup, DeadLetter } from "../api/operations";
import { shortId } from "../format";
import { Moment } from "../parts/fact";
import { texts } from "../texts";
import { canBeNamed } from "./dead-letters-state";

const words = texts.operators.dead;

interface Props {
  group: DeadGroup;
  onRedrive: () => void;
}

/** Letters that have the same reason, about tasks of the same kind. */
export function DeadGroupView({ group, onRedrive }: Props) {
  return (
    <details class="dead-group" data-reason={group.reason}>
      <summary>
        <strong>{words.reasons[group.reason] ?? group.reason}</strong>
        <span class="muted">{group.kind ?? words.noTask}</span>
        <span class="count">{words.count(group.count)}</span>
      </summary>
      <ul class="failures">
        {group.letters.map((letter) => (
          <Letter key={letter.id} letter={letter} />
        ))}
      </ul>
      {canBeNamed(group) && (
        <p class="dead-action">
          <button type="button" class="button small" onClick={onRedrive}>
            {words.redriveGroup(group.count)}
          </button>
        </p>
      )}
    </details>
  );
}

function Letter({ letter }: { letter: DeadLetter }) {
  const { requestId, tenant, status, since, reason, error } = letter;
  return (
    <li data-letter={letter.id}>
      <span>
        {status ? ((texts.status as Record<string, string>)[status] ?? status) : words.gone}
      </span>
      <strong>{tenant ?? texts.none}</strong>
      <span class="id" title={requestId ?? letter.id}>
        {shortId(requestId ?? letter.id)}
      </span>
      {since ? <Moment at={since} /> : <span />}
      <span class="row-error">{error ?? reason ?? words.noReason}</span>
    </li>
  );
}
