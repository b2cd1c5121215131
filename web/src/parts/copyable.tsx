import { useSignal } from "@preact/signals";
import { texts } from "../texts";
import { CopyIcon } from "./icons";

/** An id that can be taken along. */
export function Copyable({ id }: { id: string }) {
  const copied = useSignal(false);
  const label = copied.value ? texts.detail.copied : texts.detail.copy;
  const copy = () =>
    navigator.clipboard?.writeText(id).then(
      () => {
        copied.value = true;
      },
      () => undefined,
    );
  return (
    <span class="copyable">
      <code>{id}</code>
      <button
        type="button"
        class="button icon-only bare"
        aria-label={label}
        title={label}
        onClick={copy}
      >
        <CopyIcon />
      </button>
    </span>
  );
}
