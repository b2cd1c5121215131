import type { ConnectionState } from "../../client/page";
import { useApp } from "../state/app";
import { now } from "../state/now";
import { texts } from "../texts";

/** Whether updates are arriving, and when the next try comes if they are not. */
export function ConnectionBadge() {
  const { client, connection } = useApp();
  const state = connection.value;
  return (
    <div class={`connection ${state.name}`} title={hintOf(state)}>
      <span class="dot" aria-hidden="true" />
      <span class="unseen" role="status">
        {texts.connection.label}: {nameOf(state)}
      </span>
      <span aria-hidden="true" data-testid="connection">
        <Label state={state} />
      </span>
      {state.name === "waiting" && (
        <button type="button" class="link" onClick={() => client.realtime.wake()}>
          {texts.connection.retry}
        </button>
      )}
    </div>
  );
}

function Label({ state }: { state: ConnectionState }) {
  if (state.name !== "waiting") return <>{texts.connection[state.name]}</>;
  const seconds = Math.max(1, Math.ceil((state.retryAt - now.value) / 1000));
  return <>{texts.connection.waiting(seconds)}</>;
}

/** For screen readers: without the countdown, which would be read every second. */
function nameOf(state: ConnectionState): string {
  return state.name === "waiting"
    ? texts.connection.hint.waiting(state.reason)
    : texts.connection[state.name];
}

function hintOf(state: ConnectionState): string {
  if (state.name === "open") return texts.connection.hint.open;
  return state.name === "waiting" ? texts.connection.hint.waiting(state.reason) : "";
}
