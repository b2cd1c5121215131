import { useSignal } from "@preact/signals";
import { bucketStart, fullMoment, milliseconds, number } from "../format";
import { texts } from "../texts";
import { type Column, inWholeDays, type Sorting, sorted, type Table } from "./tabular";

export const TIMES = new Set(["mean", "min", "p50", "p95", "p99", "max"]);

export function ResultTable({ table }: { table: Table }) {
  const sorting = useSignal<Sorting | null>(null);
  const wholeDays = inWholeDays(table.rows);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key. */}
      <section class="table-scroll" aria-label={texts.results.tableLabel} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <HeadCell key={column.name} column={column} sorting={sorting} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted(table.rows, sorting.value).map((row, i) => (
              <tr key={i}>
                {table.columns.map(({ name, numeric }) => (
                  <td key={name} class={numeric ? "numeric" : undefined}>
                    <Cell name={name} value={row[name]} wholeDays={wholeDays} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="table-note">{texts.results.rows(table.rows.length)}</p>
    </>
  );
}

interface HeadProps {
  column: Column;
  sorting: { value: Sorting | null };
}

function HeadCell({ column: { name, numeric }, sorting }: HeadProps) {
  const current = sorting.value?.column === name ? sorting.value : null;
  const label = texts.results.columnNames[name] ?? name;
  const sort = () => {
    sorting.value = { column: name, descending: current ? !current.descending : numeric };
  };
  const unit = TIMES.has(name) ? texts.milliseconds : name === "time" ? texts.utc : null;
  const direction = current && (current.descending ? "descending" : "ascending");
  return (
    <th scope="col" class={numeric ? "numeric" : undefined} aria-sort={direction ?? undefined}>
      <button type="button" title={texts.results.sortBy(label)} onClick={sort}>
        {label}
        {unit && <span class="unit"> {unit}</span>}
        <span class="sort-mark" aria-hidden="true">
          {current ? (current.descending ? "↓" : "↑") : ""}
        </span>
      </button>
    </th>
  );
}

interface CellProps {
  name: string;
  value: unknown;
  wholeDays: boolean;
}

function Cell({ name, value, wholeDays }: CellProps) {
  if (value === null || value === undefined) return <>–</>;
  if (typeof value === "number") {
    if (TIMES.has(name)) return <>{milliseconds(value)}</>;
    return <>{name === "status" ? value : number(value)}</>;
  }
  if (name === "time" && typeof value === "string") {
    return (
      <time dateTime={value} title={fullMoment(value)}>
        {bucketStart(value, wholeDays)}
      </time>
    );
  }
  return <>{breakable(typeof value === "object" ? JSON.stringify(value) : String(value))}</>;
}

/** Long names may break after their separators. */
function breakable(text: string) {
  return text.split(/(?<=[./_])/).flatMap((part, i) => (i === 0 ? [part] : [<wbr />, part]));
}
