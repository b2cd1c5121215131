/** What the signed-in user may do. For showing pages only: the server decides each time. */

import { object, parseJson } from "../../client/json";

/** The groups that an ID token names; none where it cannot be read. */
export function groupsOfToken(token: string): string[] {
  const groups = object(parseJson(payloadOf(token)))["cognito:groups"];
  // One group comes as a text from some issuers.
  const listed = typeof groups === "string" ? groups.replace(/[[\]]/g, "").split(/[\s,]+/) : groups;
  return Array.isArray(listed)
    ? listed.filter((one): one is string => typeof one === "string")
    : [];
}

function payloadOf(token: string): string | null {
  try {
    const text = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}
