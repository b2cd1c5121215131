/** Cognito's JSON API, as far as a browser needs it: password sign-in, refresh, revocation. */

import { NetworkError } from "./errors.ts";
import { exchange } from "./fetching.ts";
import type { Ports } from "./ports.ts";
import { SignInError } from "./sign-in-errors.ts";

export interface CognitoSettings {
  /** For example `https://cognito-idp.eu-central-1.amazonaws.com`. */
  cognitoEndpoint: string;
  userPoolClientId: string;
}

export interface Tokens {
  idToken: string;
  /** A refresh answers without one: the old one stays good. */
  refreshToken: string | null;
  expiresInSeconds: number;
}

export class Cognito {
  readonly #settings: CognitoSettings;
  readonly #ports: Pick<Ports, "clock" | "fetch">;

  constructor(settings: CognitoSettings, ports: Pick<Ports, "clock" | "fetch">) {
    this.#settings = settings;
    this.#ports = ports;
  }

  signIn(username: string, password: string): Promise<Tokens> {
    return this.#initiate("USER_PASSWORD_AUTH", { USERNAME: username, PASSWORD: password });
  }

  refresh(refreshToken: string): Promise<Tokens> {
    return this.#initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refreshToken });
  }

  async revoke(refreshToken: string): Promise<void> {
    await this.#call("RevokeToken", {
      Token: refreshToken,
      ClientId: this.#settings.userPoolClientId,
    });
  }

  async #initiate(flow: string, parameters: Record<string, string>): Promise<Tokens> {
    const body = await this.#call("InitiateAuth", {
      AuthFlow: flow,
      ClientId: this.#settings.userPoolClientId,
      AuthParameters: parameters,
    });
    return readTokens(body);
  }

  async #call(operation: string, input: unknown): Promise<unknown> {
    const answer = await exchange(
      this.#ports,
      "POST",
      this.#settings.cognitoEndpoint,
      {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      JSON.stringify(input),
    );
    if (answer.ok) return answer.body;
    if (answer.status >= 500 || answer.body === null) throw new NetworkError("bad_response");
    throw readRefusal(answer.body);
  }
}

/** The tokens in an InitiateAuth answer; a challenge is a refusal, as this page cannot meet one. */
export function readTokens(body: unknown): Tokens {
  const answer = (body ?? {}) as Record<string, unknown>;
  const found = answer.AuthenticationResult as Record<string, unknown> | undefined;
  if (typeof found?.IdToken === "string") {
    return {
      idToken: found.IdToken,
      refreshToken: typeof found.RefreshToken === "string" ? found.RefreshToken : null,
      expiresInSeconds: typeof found.ExpiresIn === "number" ? found.ExpiresIn : 3600,
    };
  }
  if (typeof answer.ChallengeName === "string") {
    throw new SignInError(
      "challenge_required",
      "One more step is needed",
      `This account must first complete ${answer.ChallengeName}.`,
    );
  }
  throw new NetworkError("bad_response");
}

const CODES: Record<string, string> = {
  NotAuthorizedException: "invalid_credentials",
  UserNotFoundException: "invalid_credentials",
  UserNotConfirmedException: "user_not_confirmed",
  PasswordResetRequiredException: "password_reset_required",
  TooManyRequestsException: "too_many_requests",
  ResourceNotFoundException: "unknown_client",
};

/** Cognito's `{"__type","message"}` as an error with one of our codes. */
export function readRefusal(body: unknown): SignInError {
  const answer = (body ?? {}) as Record<string, unknown>;
  const type = String(answer.__type ?? "").replace(/^.*#/, "");
  const message = answer.message ?? answer.Message;
  const detail = typeof message === "string" ? message : undefined;
  return new SignInError(CODES[type] ?? "sign_in_refused", "Sign-in was refused", detail);
}
