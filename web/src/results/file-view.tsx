import { bytes, count, moment } from "../format";
import { DownloadIcon } from "../parts/icons";
import { texts } from "../texts";
import type { FileResult } from "./file";

export function FileView({ file }: { file: FileResult }) {
  const { results } = texts;
  const rows = file.rows === null ? texts.none : count(file.rows);
  const size = file.bytes === null ? texts.none : bytes(file.bytes);
  return (
    <div class="stored">
      <a class="button primary" href={file.url} download={file.name} rel="noopener noreferrer">
        <DownloadIcon />
        {results.downloadFile(file.name)}
      </a>
      <p class="muted">
        {results.fileFacts(rows, size)}
        {file.expiresAt && <br />}
        {file.expiresAt && results.linkUntil(moment(file.expiresAt, Date.now()))}
      </p>
    </div>
  );
}
