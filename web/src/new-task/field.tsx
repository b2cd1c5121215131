import type { FieldProblem } from "../../client/page";
import { texts } from "../texts";
import { Choices } from "./choices";
import { Group } from "./group";
import { ItemList } from "./item-list";
import { JsonField } from "./json-field";
import { LineField } from "./line-field";
import type { Property } from "./schema";
import { UploadField } from "./upload-field";

export interface FieldProps {
  property: Property;
  /** Where it stands, as the server names it: `input.query.limit`. */
  path: string;
  value: unknown;
  /** Without a value the field is not given. */
  onChange: (value: unknown) => void;
  problems: readonly FieldProblem[];
}

/** The field that suits a property. */
export function FormField(props: FieldProps) {
  const { field } = props.property;
  switch (field.type) {
    case "choices":
      return <Choices {...props} options={field.options} />;
    case "group":
      return <Group {...props} form={field.form} />;
    case "list":
      return <ItemList {...props} form={field.form} />;
    case "json":
      return <JsonField {...props} />;
    default:
      return isUpload(field) ? <UploadField {...props} /> : <LineField {...props} />;
  }
}

/** What a field is called: `text_column` is `text column`. */
export function labelOf({ name, field }: Property): string {
  if (isUpload(field)) return texts.newTask.file;
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isUpload(field: Property["field"]): boolean {
  return field.type === "text" && field.format === "upload";
}

/** What is said below a field. */
export function Hint({ id, property }: { id: string; property: Property }) {
  const { fallback, description, required } = property;
  const said = [
    description,
    !required && isPlain(fallback) && texts.newTask.useDefault(asText(fallback)),
  ];
  const words = said.filter(Boolean).join(" ");
  return words ? (
    <p class="hint" id={id}>
      {words}
    </p>
  ) : null;
}

/** Whether a few words say it: nothing, and lists of nothing, need none. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isPlain);
  return value !== null && value !== "" && typeof value !== "object";
}

/** What the server found at fault here, or inside. */
export function Faults({ path, problems }: Pick<FieldProps, "path" | "problems">) {
  const mine = problems.filter(({ field }) => isWithin(field, path));
  return (
    <>
      {mine.map(({ field, message }) => (
        <p key={field} class="field-error">
          {message}
        </p>
      ))}
    </>
  );
}

export function isWithin(field: string, path: string): boolean {
  return field === path || (field.startsWith(path) && ".[".includes(field.charAt(path.length)));
}

export function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
