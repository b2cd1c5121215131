interface Props<T extends string> {
  legend: string;
  name: string;
  options: readonly T[];
  names: Partial<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}

/** A choice of few, all in sight. */
export function Segments<T extends string>(props: Props<T>) {
  const { legend, name, options, names, value, onChange } = props;
  return (
    <fieldset class="segments">
      <legend class="unseen">{legend}</legend>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          <span>{names[option] ?? option}</span>
        </label>
      ))}
    </fieldset>
  );
}
