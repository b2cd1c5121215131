import type { LogQuery, LogType } from "../api/logs";
import { fromLocal, toLocal } from "../new-task/input";
import { Input } from "../parts/input";
import { Segments } from "../parts/segments";
import { Select } from "../parts/select";
import { texts } from "../texts";

const LEVELS = ["", "debug", "info", "warn", "error"];

interface Props {
  query: LogQuery;
  onChange: (part: Partial<LogQuery>) => void;
}

export function LogFilter({ query, onChange }: Props) {
  const words = texts.logs;
  const levels = LEVELS.includes(query.level) ? LEVELS : [...LEVELS, query.level];
  return (
    <search class="filters" aria-label={words.filter}>
      <Segments<LogType>
        legend={words.type}
        name="log-type"
        options={["log", "request"]}
        names={words.types}
        value={query.type}
        onChange={(type) => onChange({ type })}
      />
      <label class="field grow">
        <span>{words.text}</span>
        <Input
          type="search"
          name="log-text"
          placeholder={words.textHint[query.type]}
          value={query.text}
          onValue={(text) => onChange({ text })}
        />
      </label>
      {query.type === "log" ? (
        <Select
          label={words.level}
          name="log-level"
          options={levels}
          names={{ "": words.anyLevel }}
          value={query.level}
          onChange={(level) => onChange({ level })}
        />
      ) : (
        <label class="field short">
          <span>{words.status}</span>
          <Input
            type="text"
            name="log-status"
            placeholder={words.statusHint}
            value={query.status}
            onValue={(status) => onChange({ status })}
          />
        </label>
      )}
      <label class="field short">
        <span>{words.service}</span>
        <Input
          type="text"
          name="log-service"
          value={query.service}
          onValue={(service) => onChange({ service })}
        />
      </label>
      {(["from", "to"] as const).map((end) => (
        <label key={end} class="field">
          <span>{words[end]}</span>
          <Input
            type="datetime-local"
            name={`log-${end}`}
            value={toLocal(query[end])}
            onValue={(text) => onChange({ [end]: fromLocal(text) ?? "" })}
          />
        </label>
      ))}
    </search>
  );
}
