import { CloseIcon } from "../parts/icons";
import { texts } from "../texts";
import { Faults, type FieldProps, Hint, labelOf } from "./field";
import { FormFields } from "./form-fields";
import type { Input } from "./input";
import type { Form } from "./schema";

/** A list of objects, each with the same fields. */
export function ItemList(props: FieldProps & { form: Form }) {
  const { property, path, value, onChange, problems, form } = props;
  const items = (Array.isArray(value) ? value : []) as Input[];
  const label = labelOf(property);
  return (
    <fieldset class="group">
      <legend>{label}</legend>
      <Hint id={`${path}-hint`} property={property} />
      {items.map((item, i) => (
        <div key={i} class="item">
          <FormFields
            form={form}
            path={`${path}[${i}]`}
            input={item}
            onChange={(next) => onChange(items.map((one, at) => (at === i ? next : one)))}
            problems={problems}
          />
          <button
            type="button"
            class="button icon-only bare"
            aria-label={texts.newTask.removeItem(i + 1)}
            onClick={() => onChange(items.filter((_, at) => at !== i))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      {items.length === 0 && <Faults path={path} problems={problems} />}
      <button
        type="button"
        class="button small"
        aria-label={texts.newTask.addItem(label.toLowerCase())}
        onClick={() => onChange([...items, {}])}
      >
        {texts.newTask.add}
      </button>
    </fieldset>
  );
}
