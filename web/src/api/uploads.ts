/** `POST /uploads`, then the file itself straight to the store. */

import type { Http } from "../../client/http";
import { NetworkError } from "../../client/page";
import { texts } from "../texts";

/** The largest file that a task reads, in bytes. */
export const LARGEST = 32 * 1024 * 1024;

interface Offer {
  upload_id: string;
  url: string;
  fields: Record<string, string>;
}

const TYPES: Record<string, string> = {
  csv: "text/csv",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  txt: "text/plain",
};

/** By the name's ending: browsers know no type for JSON lines. */
export function contentTypeOf({ name, type }: Pick<File, "name" | "type">): string {
  return TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? (type || "application/octet-stream");
}

export class UploadError extends Error {}

/** Sends a form; calls back with the share that has gone. */
export type SendForm = (
  url: string,
  form: FormData,
  onProgress: (share: number) => void,
) => Promise<number>;

/** Answers with the id by which a task reads the file. */
export async function upload(
  http: Pick<Http, "post">,
  file: File,
  onProgress: (share: number) => void,
  send: SendForm = sendForm,
): Promise<string> {
  const { upload: words } = texts.newTask;
  if (file.size === 0) throw new UploadError(words.empty);
  if (file.size > LARGEST) throw new UploadError(words.tooLarge);
  const offer = await http.post<Offer>("/uploads", {
    file_name: file.name,
    content_type: contentTypeOf(file),
    bytes: file.size,
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(offer.fields)) form.append(name, value);
  form.append("file", file);
  const status = await send(offer.url, form, onProgress);
  if (status >= 300) throw new UploadError(words.refused(status));
  return offer.upload_id;
}

/** `fetch` does not tell how much of a body has gone. */
const sendForm: SendForm = (url, form, onProgress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new NetworkError("network"));
    request.send(form);
  });
