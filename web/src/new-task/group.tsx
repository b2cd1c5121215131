import { texts } from "../texts";
import { type FieldProps, Hint, labelOf } from "./field";
import { FormFields } from "./form-fields";
import type { Input } from "./input";
import type { Form } from "./schema";

/** An object of its own; one that may be left out is given on request. */
export function Group(props: FieldProps & { form: Form }) {
  const { property, path, value, onChange, problems, form } = props;
  const given = property.required || value !== undefined;
  return (
    <fieldset class="group">
      <legend>{labelOf(property)}</legend>
      <Hint id={`${path}-hint`} property={property} />
      {!property.required && (
        <label class="check">
          <input
            type="checkbox"
            name={path}
            checked={given}
            onChange={() => onChange(given ? undefined : {})}
          />
          {texts.newTask.set(labelOf(property).toLowerCase())}
        </label>
      )}
      {given && (
        <FormFields
          form={form}
          path={path}
          input={(value ?? {}) as Input}
          onChange={onChange}
          problems={problems}
        />
      )}
    </fieldset>
  );
}
