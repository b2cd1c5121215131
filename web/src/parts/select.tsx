interface Props<T extends string> {
  label: string;
  name: string;
  options: readonly T[];
  /** Options without a name are their own. */
  names: Partial<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}

export function Select<T extends string>(props: Props<T>) {
  const { label, name, options, names, value, onChange } = props;
  return (
    <label class="field">
      <span>{label}</span>
      <select
        name={name}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {names[option] ?? option}
          </option>
        ))}
      </select>
    </label>
  );
}
