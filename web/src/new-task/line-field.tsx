import { Input } from "../parts/input";
import { texts } from "../texts";
import { asText, Faults, type FieldProps, Hint, labelOf } from "./field";
import { fromLocal, toLocal, wordsOf } from "./input";
import type { Field, Property } from "./schema";

/** What fits on a line: words, a number, a moment, one of a few, yes or no. */
export function LineField(props: FieldProps) {
  const { property, path, problems } = props;
  const hint = `${path}-hint`;
  return (
    <div class="field">
      <label for={path}>
        {labelOf(property)}
        {!property.required && <span class="optional"> {texts.newTask.optional}</span>}
      </label>
      <Control {...props} hint={hint} />
      <Hint id={hint} property={property} />
      <Faults path={path} problems={problems} />
    </div>
  );
}

type ControlProps = FieldProps & { hint: string };

function Control({ property, path, value, onChange, hint }: ControlProps) {
  const { field, required } = property;
  if (field.type === "choice" || field.type === "flag") {
    return (
      <select
        id={path}
        name={path}
        required={required}
        aria-describedby={hint}
        value={value === undefined ? "" : String(value)}
        onChange={(event) => onChange(read(field, event.currentTarget.value))}
      >
        <option value="">{blank(property)}</option>
        {optionsOf(field).map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    );
  }
  return (
    <Input
      id={path}
      name={path}
      required={required}
      describedBy={hint}
      {...attributesOf(field)}
      late
      value={shown(field, value)}
      onValue={(text) => onChange(read(field, text))}
    />
  );
}

function optionsOf(field: Field): [string, string][] {
  if (field.type === "flag") {
    return [
      ["true", texts.newTask.yes],
      ["false", texts.newTask.no],
    ];
  }
  return field.type === "choice" ? field.options.map(({ value }) => [value, value]) : [];
}

function blank({ required, fallback }: Property): string {
  if (required || fallback === null) return texts.newTask.unset;
  return texts.newTask.useDefault(asText(fallback));
}

interface Attributes {
  type: "number" | "text" | "datetime-local";
  step?: number | "any";
  min?: number;
  max?: number;
  placeholder?: string;
}

function attributesOf(field: Field): Attributes {
  if (field.type === "number") {
    const { step, min, max } = field;
    return { type: "number", step, ...(min !== null && { min }), ...(max !== null && { max }) };
  }
  if (field.type === "texts") return { type: "text", placeholder: texts.newTask.list };
  return { type: isMoment(field) ? "datetime-local" : "text" };
}

function shown(field: Field, value: unknown): string {
  if (value === undefined || value === null) return "";
  return isMoment(field) ? toLocal(value) : asText(value);
}

/** What the text in a field stands for. */
export function read(field: Field, text: string): unknown {
  if (text === "") return undefined;
  if (field.type === "number") return Number(text);
  if (field.type === "flag") return text === "true";
  if (field.type === "texts") return field.numeric ? wordsOf(text).map(Number) : wordsOf(text);
  return isMoment(field) ? fromLocal(text) : text;
}

function isMoment(field: Field): boolean {
  return field.type === "text" && field.format === "date-time";
}
