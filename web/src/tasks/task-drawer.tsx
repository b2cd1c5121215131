import { useEffect, useRef } from "preact/hooks";
import { CloseIcon } from "../parts/icons";
import { Notice } from "../parts/notice";
import { StatusPill } from "../parts/status-pill";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { TaskPanel } from "./task-panel";

/** Wide enough to stand beside the list; below, the drawer covers the page and is modal. */
const BESIDE = "(min-width: 1280px)";

export function TaskDrawer() {
  const { selection } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = selection.id.value;
  const detail = selection.detail.value;

  useEffect(() => (id === null ? undefined : showDrawer(dialog.current, id)), [id]);

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) selection.close();
  };
  const onCancel = (event: Event) => {
    event.preventDefault();
    selection.close();
  };

  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onKeyDown={onKey}
      onCancel={onCancel}
    >
      <div class="drawer-head">
        <h2 id="drawer-title">{detail?.kind ?? texts.tasks.columns.task}</h2>
        {detail && <StatusPill status={detail.status} phase={detail.phase} />}
        <button
          type="button"
          class="button icon-only"
          aria-label={texts.detail.close}
          onClick={selection.close}
        >
          <CloseIcon />
        </button>
      </div>
      {selection.error.value && <Notice message={selection.error.value} />}
      {detail ? (
        <TaskPanel key={detail.request_id} task={detail} />
      ) : (
        !selection.error.value && id && <p class="muted">{texts.detail.loading}</p>
      )}
    </dialog>
  );
}

/** Opens it as the width asks for, follows the width, and gives the focus back at the end. */
function showDrawer(dialog: HTMLDialogElement | null, id: string): () => void {
  const beside = matchMedia(BESIDE);
  const show = () => {
    dialog?.close();
    if (beside.matches) dialog?.show();
    else dialog?.showModal();
  };
  show();
  beside.addEventListener("change", show);
  return () => {
    beside.removeEventListener("change", show);
    dialog?.close();
    document.getElementById(`task-${id}`)?.focus({ preventScroll: true });
  };
}
