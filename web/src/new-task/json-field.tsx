import { useSignal } from "@preact/signals";
import { texts } from "../texts";
import { Faults, type FieldProps, Hint, labelOf } from "./field";

/** A part of the input that only JSON can say. What is none is not taken over. */
export function JsonField({ property, path, value, onChange, problems }: FieldProps) {
  const text = useSignal(value === undefined ? "" : JSON.stringify(value, null, 2));
  const broken = useSignal(false);
  const change = (next: string) => {
    text.value = next;
    broken.value = false;
    try {
      onChange(next.trim() === "" ? undefined : JSON.parse(next));
    } catch {
      broken.value = true;
    }
  };
  return (
    <div class="field">
      <label for={path}>
        {labelOf(property)}
        {!property.required && <span class="optional"> {texts.newTask.optional}</span>}
      </label>
      <textarea
        id={path}
        name={path}
        rows={3}
        spellcheck={false}
        aria-invalid={broken.value}
        aria-describedby={`${path}-hint`}
        value={text.value}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <Hint id={`${path}-hint`} property={property} />
      {broken.value && <p class="field-error">{texts.newTask.badJson}</p>}
      <Faults path={path} problems={problems} />
    </div>
  );
}
