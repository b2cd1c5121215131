/** What an error says to people. */

import { ApiError, type ClientError, type FieldProblem } from "../client/page";
import { texts } from "./texts";

export interface Message {
  title: string;
  detail: string | null;
  code: string;
  /** The fields at fault, where the API named them. */
  fields?: readonly FieldProblem[];
}

export function messageOf(error: ClientError): Message {
  const known = texts.errors[error.code];
  const detail = known?.detail ?? (error.message === error.title ? null : error.message);
  const fields = error instanceof ApiError ? error.fields : [];
  const message = { title: known?.title ?? error.title, detail, code: error.code };
  return fields.length > 0 ? { ...message, fields } : message;
}
