import { useSignal } from "@preact/signals";
import { SessionEndedError, toClientError } from "../../client/page";
import { UploadError, upload } from "../api/uploads";
import { bytes } from "../format";
import { type Message, messageOf } from "../message";
import { UploadIcon } from "../parts/icons";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { Faults, type FieldProps, Hint, labelOf } from "./field";

/** A file, dropped or chosen, that goes straight to the store; the input takes its id. */
export function UploadField({ property, path, value, onChange, problems }: FieldProps) {
  const { client } = useApp();
  const { upload: words } = texts.newTask;
  const share = useSignal<number | null>(null);
  const error = useSignal<Message | null>(null);
  const done = useSignal<string | null>(null);
  const over = useSignal(false);

  const take = async (file: File | undefined) => {
    over.value = false;
    if (!file || share.value !== null) return;
    error.value = done.value = null;
    share.value = 0;
    try {
      const id = await upload(client.http, file, (part) => {
        share.value = part;
      });
      done.value = words.done(file.name, bytes(file.size));
      onChange(id);
    } catch (problem) {
      error.value = faultOf(problem);
    } finally {
      share.value = null;
    }
  };

  const given = typeof value === "string" ? value : null;
  return (
    <div class="field">
      <span id={`${path}-label`}>{labelOf(property)}</span>
      <label
        class={over.value ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          void take(event.dataTransfer?.files[0]);
        }}
      >
        <UploadIcon />
        <span role="status">
          {share.value === null
            ? (done.value ?? given ?? words.drop)
            : words.busy(Math.round(share.value * 100))}
        </span>
        <span class="muted">{given ? words.another : words.kinds}</span>
        <input
          type="file"
          name={path}
          accept=".csv,.jsonl,.ndjson,.txt"
          aria-describedby={`${path}-hint`}
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      <Hint id={`${path}-hint`} property={property} />
      {error.value && <Notice message={error.value} />}
      <Faults path={path} problems={problems} />
    </div>
  );
}

function faultOf(problem: unknown): Message | null {
  if (problem instanceof SessionEndedError) return null;
  if (!(problem instanceof UploadError)) return messageOf(toClientError(problem));
  const { failed } = texts.newTask.upload;
  return { title: failed, detail: problem.message, code: "upload_failed" };
}
