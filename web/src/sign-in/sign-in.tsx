import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { Mark } from "../parts/icons";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { texts } from "../texts";

export function SignIn() {
  const { client, config, session } = useApp();
  const username = useSignal("");
  const password = useSignal("");
  const busy = useSignal(false);
  const error = useSignal<Message | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const submit = useRef<HTMLButtonElement>(null);
  const { demo } = config;

  useEffect(() => first.current?.focus(), []);

  const signIn = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      await client.session.signIn(username.value.trim(), password.value);
    } catch (problem) {
      error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };

  const useDemo = () => {
    username.value = demo?.username ?? "";
    password.value = demo?.password ?? "";
    submit.current?.focus();
  };

  return (
    <main class="gate">
      <form class="gate-card" onSubmit={signIn}>
        <div class="brand">
          <Mark />
          <span>{texts.brand}</span>
        </div>
        <div>
          <h1>{texts.signIn.title}</h1>
          <p class="muted">{texts.signIn.lead}</p>
        </div>
        {session.value.expired && !error.value && (
          <p class="hint-box" role="status">
            {texts.signIn.expired}
          </p>
        )}
        {error.value && <Notice message={error.value} />}
        <label class="field">
          <span>{texts.signIn.username}</span>
          <input
            ref={first}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={username}
            onInput={(event) => {
              username.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="field">
          <span>{texts.signIn.password}</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </label>
        <button ref={submit} type="submit" class="button primary" aria-disabled={busy.value}>
          {busy.value ? texts.signIn.busy : texts.signIn.submit}
        </button>
        {demo && (
          <button type="button" class="button" onClick={useDemo}>
            {texts.signIn.demo}
          </button>
        )}
      </form>
    </main>
  );
}
