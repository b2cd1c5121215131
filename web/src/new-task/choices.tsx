import { texts } from "../texts";
import { Faults, type FieldProps, Hint, labelOf } from "./field";
import type { Option } from "./schema";

/** Any of a few, in their own order however they are chosen. */
export function Choices(props: FieldProps & { options: readonly Option[] }) {
  const { property, path, value, onChange, problems, options } = props;
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (name: string) => {
    const has = (one: string) => chosen.includes(one) !== (one === name);
    onChange(options.map((option) => option.value).filter(has));
  };
  return (
    <fieldset class="field" aria-describedby={`${path}-hint`}>
      <legend>
        {labelOf(property)}
        {!property.required && <span class="optional"> {texts.newTask.optional}</span>}
      </legend>
      <div class="chips">
        {options.map((option) => (
          <label key={option.value} class="chip" title={option.description ?? undefined}>
            <input
              type="checkbox"
              name={path}
              value={option.value}
              checked={chosen.includes(option.value)}
              onChange={() => toggle(option.value)}
            />
            <span>{option.value}</span>
          </label>
        ))}
      </div>
      <Hint id={`${path}-hint`} property={property} />
      <Faults path={path} problems={problems} />
    </fieldset>
  );
}
