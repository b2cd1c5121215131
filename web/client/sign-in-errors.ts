/** What goes wrong with the session; `code` is stable and meant for programs. */

import { ClientError } from "./errors.ts";

/** Sign-in was refused. */
export class SignInError extends ClientError {
  override readonly name = "SignInError";
}

/** The session is over; signing in again is the only way on. */
export class SessionEndedError extends ClientError {
  override readonly name = "SessionEndedError";

  constructor(cause?: unknown) {
    super("session_ended", "Your session has ended", null, cause);
  }
}
