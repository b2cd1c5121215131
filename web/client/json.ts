/** Reading JSON from outside, of which nothing is taken on trust. Pure; never throws. */

export type Json = Record<string, unknown>;

/** The value that a text stands for; null where it is no JSON. */
export function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(data as string);
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one. */
export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function whole(value: unknown): number | null {
  return Number.isInteger(value) ? (value as number) : null;
}

/** Only the fields that have a value. */
export function given(fields: object): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
