import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { SessionEndedError, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { SubmissionKeys } from "../new-task/submission";
import { Input } from "../parts/input";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { texts } from "../texts";

const words = texts.operators.broadcast;

/** A message to everybody who is connected, or to all of one tenant. */
export function BroadcastForm() {
  const { client } = useApp();
  const text = useSignal("");
  const tenant = useSignal("");
  const busy = useSignal(false);
  const sent = useSignal<string | null>(null);
  const error = useSignal<Message | null>(null);
  const keys = useMemo(() => new SubmissionKeys(() => crypto.randomUUID(), Date.now), []);

  const send = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const message = text.value.trim();
    sent.value = null;
    error.value = message ? null : { title: words.needed, detail: null, code: "no_message" };
    if (!message) return;
    const body = { message: { text: message }, ...(tenant.value && { tenant: tenant.value }) };
    busy.value = true;
    try {
      // The same message, sent again after a lost answer, reaches nobody twice.
      const key = keys.of(body);
      const headers = { "idempotency-key": key };
      const answer = await client.http.post<{ broadcast_id: string }>("/broadcast", body, headers);
      keys.confirmed(key);
      sent.value = answer.broadcast_id;
      text.value = "";
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };

  return (
    <section class="card pad" aria-labelledby="broadcast-title">
      <form class="fields" onSubmit={send} noValidate>
        <div>
          <h2 id="broadcast-title">{words.title}</h2>
          <p class="muted">{words.lead}</p>
        </div>
        <label class="field">
          <span>{words.text}</span>
          <textarea
            name="broadcast-text"
            rows={3}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="field">
          <span>{words.tenant}</span>
          <Input
            type="text"
            name="broadcast-tenant"
            placeholder={words.tenantHint}
            value={tenant.value}
            onValue={(value) => {
              tenant.value = value.trim();
            }}
          />
        </label>
        {error.value && <Notice message={error.value} />}
        <p role="status">{sent.value && words.sent(sent.value)}</p>
        <button type="submit" class="button primary" aria-disabled={busy.value}>
          {busy.value ? words.busy : tenant.value ? words.sendOne(tenant.value) : words.send}
        </button>
      </form>
    </section>
  );
}
