/** What an error says to people. */

import type { ClientError } from "../client/index";
import { texts } from "./texts";

export interface Message {
  title: string;
  detail: string | null;
  code: string;
}

export function messageOf(error: ClientError): Message {
  const known = texts.errors[error.code];
  const detail = known?.detail ?? (error.message === error.title ? null : error.message);
  return { title: known?.title ?? error.title, detail, code: error.code };
}
