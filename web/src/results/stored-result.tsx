import { useSignal } from "@preact/signals";
import { SessionEndedError, toClientError } from "../../client/page";
import { type Message, messageOf } from "../message";
import { DownloadIcon } from "../parts/icons";
import { Notice } from "../parts/notice";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { openAddress, saveText } from "./save";

/** A result too large to come along. Its address is short-lived, so a fresh one is asked for at the click. */
export function StoredResult({ requestId }: { requestId: string }) {
  const { client } = useApp();
  const busy = useSignal(false);
  const error = useSignal<Message | null>(null);
  const download = async () => {
    if (busy.value) return;
    busy.value = true;
    error.value = null;
    try {
      const { result, result_url } = await client.result(requestId);
      if (result_url) openAddress(result_url);
      else saveText(`${requestId}.json`, "application/json", JSON.stringify(result));
    } catch (problem) {
      if (!(problem instanceof SessionEndedError)) error.value = messageOf(toClientError(problem));
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="stored">
      <p class="muted">{texts.results.stored}</p>
      {error.value && <Notice message={error.value} />}
      <button type="button" class="button" aria-disabled={busy.value} onClick={download}>
        <DownloadIcon />
        {busy.value ? texts.results.downloadBusy : texts.results.download}
      </button>
    </div>
  );
}
