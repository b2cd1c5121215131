import { SearchIcon } from "../parts/icons";
import { Select } from "../parts/select";
import { useApp } from "../state/app";
import { texts } from "../texts";
import { type Filter, isEmpty, STATUSES } from "./filter";

/** Narrows the list; what is chosen stands in the address, to be kept or sent to others. */
export function FilterBar({ filter }: { filter: Filter }) {
  const { router, tasks } = useApp();
  const words = texts.tasks.filter;
  const known = tasks.kinds.value;
  const kinds = filter.kind && !known.includes(filter.kind) ? [...known, filter.kind] : known;

  const change = (part: Partial<Filter>) => {
    router.replace("tasks", router.route.peek().id, { ...filter, ...part });
  };

  return (
    <search class="filters" aria-label={words.label}>
      <label class="search-box">
        <span class="unseen">{words.search}</span>
        <SearchIcon />
        <input
          type="search"
          name="task-search"
          placeholder={words.search}
          autocomplete="off"
          spellcheck={false}
          value={filter.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </label>
      <Select
        label={words.status}
        name="task-status"
        options={["", ...STATUSES]}
        names={{ "": words.anyStatus, ...texts.status }}
        value={filter.status ?? ""}
        onChange={(status) => change({ status: status || null })}
      />
      <Select
        label={words.kind}
        name="task-kind"
        options={["", ...kinds]}
        names={{ "": words.anyKind }}
        value={filter.kind ?? ""}
        onChange={(kind) => change({ kind: kind || null })}
      />
      {!isEmpty(filter) && (
        <button
          type="button"
          class="button"
          onClick={() => change({ status: null, kind: null, text: "" })}
        >
          {words.clear}
        </button>
      )}
    </search>
  );
}
