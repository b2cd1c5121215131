/** A result that leads to a file. Pure. */

import { object, text, whole } from "../../client/json";

export interface FileResult {
  url: string;
  name: string;
  rows: number | null;
  bytes: number | null;
  expiresAt: string | null;
}

/** Null where the result is no such thing. */
export function fileOf(result: unknown): FileResult | null {
  const { url, file_name, rows, bytes, expires_at } = object(result);
  const name = text(file_name);
  const address = text(url);
  // An address is followed by a click: only what a browser fetches, never a script.
  if (!name || !address || !/^https?:/i.test(address)) return null;
  return {
    url: address,
    name,
    rows: whole(rows),
    bytes: whole(bytes),
    expiresAt: text(expires_at),
  };
}
