/**
 * The signed-in user. The ID token lives in memory; the refresh token survives a reload in the
 * tab's session storage and nowhere else.
 */

import type { Cognito, Tokens } from "./cognito-api.ts";
import { NetworkError } from "./errors.ts";
import { createListeners } from "./listeners.ts";
import type { PagePorts, Unsubscribe } from "./ports.ts";
import { SessionEndedError, SignInError } from "./sign-in-errors.ts";

export interface SessionState {
  status: "signed-out" | "signed-in";
  username: string | null;
  /** Whether a running session came to its end by itself. */
  expired: boolean;
}

interface Live {
  username: string;
  idToken: string | null;
  expiresAt: number;
  refreshToken: string | null;
}

/** Renew this long before the end, so that no request leaves with a token about to die. */
const MARGIN_MS = 60_000;

export class Session {
  readonly #cognito: Cognito;
  readonly #ports: Pick<PagePorts, "clock" | "store">;
  readonly #listeners = createListeners<SessionState>();
  #live: Live | null;
  #expired = false;
  #renewing: Promise<string> | null = null;

  constructor(cognito: Cognito, ports: Pick<PagePorts, "clock" | "store">) {
    this.#cognito = cognito;
    this.#ports = ports;
    this.#live = readKept(ports.store.read());
  }

  get state(): SessionState {
    const username = this.#live?.username ?? null;
    return { status: this.#live ? "signed-in" : "signed-out", username, expired: this.#expired };
  }

  onChange(callback: (state: SessionState) => void): Unsubscribe {
    return this.#listeners.add(callback);
  }

  async signIn(username: string, password: string): Promise<void> {
    const tokens = await this.#cognito.signIn(username, password);
    this.#expired = false;
    this.#keep(username, tokens, null);
    this.#listeners.emit(this.state);
  }

  /** Forgets the session here at once, then tells Cognito; that may fail unnoticed. */
  async signOut(): Promise<void> {
    const refreshToken = this.#live?.refreshToken;
    this.#end(false);
    if (refreshToken) await this.#cognito.revoke(refreshToken).catch(() => undefined);
  }

  /** A token that is good for the next minute. */
  async token(): Promise<string> {
    const live = this.#live;
    if (!live) throw new SessionEndedError();
    if (live.idToken && this.#ports.clock.now() < live.expiresAt - MARGIN_MS) return live.idToken;
    return this.renew();
  }

  /** A new token even if the current one looks good. Many callers share one refresh. */
  renew(): Promise<string> {
    this.#renewing ??= this.#refresh().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #refresh(): Promise<string> {
    const live = this.#live;
    if (!live?.refreshToken) throw this.#ended(live);
    try {
      const tokens = await this.#cognito.refresh(live.refreshToken);
      if (this.#live === live) this.#keep(live.username, tokens, live.refreshToken);
      return tokens.idToken;
    } catch (error) {
      if (error instanceof SignInError && error.code !== "too_many_requests") {
        throw this.#ended(live, error);
      }
      throw error instanceof SignInError ? new NetworkError("bad_response", error) : error;
    }
  }

  #keep(username: string, tokens: Tokens, oldRefreshToken: string | null): void {
    const refreshToken = tokens.refreshToken ?? oldRefreshToken;
    const expiresAt = this.#ports.clock.now() + tokens.expiresInSeconds * 1000;
    this.#live = { username, idToken: tokens.idToken, expiresAt, refreshToken };
    this.#ports.store.write(refreshToken && JSON.stringify({ username, refreshToken }));
  }

  /** Ends the session, unless another has begun since `live` was read. */
  #ended(live: Live | null, cause?: unknown): SessionEndedError {
    if (live && this.#live === live) this.#end(true);
    return new SessionEndedError(cause);
  }

  #end(expired: boolean): void {
    this.#live = null;
    this.#expired = expired;
    this.#ports.store.write(null);
    this.#listeners.emit(this.state);
  }
}

function readKept(text: string | null): Live | null {
  try {
    const { username, refreshToken } = JSON.parse(text ?? "null") ?? {};
    if (typeof username !== "string" || typeof refreshToken !== "string") return null;
    return { username, refreshToken, idToken: null, expiresAt: 0 };
  } catch {
    return null;
  }
}
