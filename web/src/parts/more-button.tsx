import { useSignal } from "@preact/signals";

interface Props {
  label: string;
  busyLabel: string;
  /** Keeps its failures to itself: they are shown where the list is. */
  onMore: () => Promise<void>;
}

/** The next page of a list. */
export function MoreButton({ label, busyLabel, onMore }: Props) {
  const busy = useSignal(false);
  const load = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      await onMore();
    } finally {
      busy.value = false;
    }
  };
  return (
    <button type="button" class="button more" aria-disabled={busy.value} onClick={load}>
      {busy.value ? busyLabel : label}
    </button>
  );
}
