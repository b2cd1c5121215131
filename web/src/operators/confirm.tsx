import { useEffect, useRef } from "preact/hooks";
import { texts } from "../texts";

interface Props {
  question: string;
  /** What will happen. */
  lead: string;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ question, lead, busy, onYes, onNo }: Props) {
  const no = useRef<HTMLButtonElement>(null);
  // The safe answer is under the finger.
  useEffect(() => no.current?.focus(), []);
  return (
    <div
      class="hint-box confirm"
      role="alertdialog"
      aria-labelledby="confirm-question"
      aria-describedby="confirm-lead"
      onKeyDown={(event) => event.key === "Escape" && onNo()}
    >
      <p class="confirm-question" id="confirm-question">
        {question}
      </p>
      <p id="confirm-lead">{lead}</p>
      <div class="button-row">
        <button type="button" class="button small primary" aria-disabled={busy} onClick={onYes}>
          {busy ? texts.operators.confirm.busy : texts.operators.confirm.yes}
        </button>
        <button type="button" class="button small" ref={no} onClick={onNo}>
          {texts.operators.confirm.no}
        </button>
      </div>
    </div>
  );
}
