/** Requests to the HTTP API with the caller's token; refusals come as ApiError. */

import { ApiError, NetworkError } from "./errors.ts";
import { exchange } from "./fetching.ts";
import { given, isObject } from "./json.ts";
import type { Ports } from "./ports.ts";

/** Where the `Authorization` header comes from. */
export interface TokenSource {
  /** A token that is good for the next minute. */
  token(): Promise<string>;
  /** Another one, as the last was refused. */
  renew(): Promise<string>;
}

export interface Http {
  /** Only what is given goes into the query. */
  get<T>(path: string, query?: object): Promise<T>;
  post<T>(path: string, body?: object, headers?: object): Promise<T>;
  delete<T>(path: string): Promise<T>;
}

export function createHttp(
  httpUrl: string,
  tokens: TokenSource,
  ports: Pick<Ports, "clock" | "fetch">,
): Http {
  const base = httpUrl.replace(/\/+$/, "");

  /** A 401 earns one fresh token and one more try: a refused request has changed nothing. */
  async function call<T>(method: string, path: string, headers = {}, body: string | null = null) {
    const send = (token: string) =>
      exchange(ports, method, base + path, { ...headers, authorization: `Bearer ${token}` }, body);
    let answer = await send(await tokens.token());
    if (answer.status === 401) answer = await send(await tokens.renew());
    if (!answer.ok) throw new ApiError(answer.status, answer.body);
    if (!isObject(answer.body)) throw new NetworkError("bad_response");
    return answer.body as T;
  }

  return {
    get(path, query = {}) {
      const search = String(new URLSearchParams(given(query) as Record<string, string>));
      return call("GET", path + (search && `?${search}`));
    },
    post: (path, body = {}, headers = {}) =>
      call("POST", path, { ...headers, "content-type": "application/json" }, JSON.stringify(body)),
    delete: (path) => call("DELETE", path),
  };
}
