/** Sign-in with Cognito, as the token source of a client: `createClient({ httpUrl, token: session })`. */

import { browserPorts } from "./browser-ports.ts";
import { Cognito, type CognitoSettings } from "./cognito-api.ts";
import type { PagePorts } from "./ports.ts";
import { Session } from "./session.ts";
import { tabStore } from "./tab-store.ts";

export type { CognitoSettings } from "./cognito-api.ts";
export type { Session, SessionState } from "./session.ts";
export { SessionEndedError, SignInError } from "./sign-in-errors.ts";

/** Of a page: the tab keeps the refresh token over a reload. In Node it is kept in memory only. */
export function createSession(settings: CognitoSettings, ports = pagePorts()): Session {
  return new Session(new Cognito(settings, ports), ports);
}

export function pagePorts(): PagePorts {
  return { ...browserPorts(), store: tabStore("adology.session") };
}
