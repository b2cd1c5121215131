import { DownloadIcon } from "../parts/icons";
import { texts } from "../texts";
import { toCsv } from "./csv";
import { saveText } from "./save";
import type { Table } from "./tabular";

interface Props {
  /** Names the file. */
  id: string;
  result: unknown;
  table: Table | null;
}

/** The result as a file of one's own. */
export function Downloads({ id, result, table }: Props) {
  const json = () => saveText(`${id}.json`, "application/json", JSON.stringify(result, null, 2));
  const csv = table && (() => saveText(`${id}.csv`, "text/csv", toCsv(table)));
  return (
    <div class="button-row">
      {csv && (
        <button type="button" class="button small" title={texts.results.downloadCsv} onClick={csv}>
          <DownloadIcon /> CSV
        </button>
      )}
      <button type="button" class="button small" title={texts.results.downloadJson} onClick={json}>
        <DownloadIcon /> JSON
      </button>
    </div>
  );
}
