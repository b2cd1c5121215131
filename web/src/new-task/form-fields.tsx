import type { FieldProblem } from "../../client/page";
import { Segments } from "../parts/segments";
import { texts } from "../texts";
import { FormField, labelOf } from "./field";
import { chosen, type Input, withField } from "./input";
import type { Form } from "./schema";

interface Props {
  form: Form;
  path: string;
  input: Input;
  onChange: (input: Input) => void;
  problems: readonly FieldProblem[];
}

/** All fields of an object; of alternatives, the one that is chosen. */
export function FormFields({ form, path, input, onChange, problems }: Props) {
  const { alternatives, properties } = form;
  const given = alternatives.find((name) => name in input);
  const alternative = given ?? alternatives[0];
  const shown = properties.filter(
    ({ name }) => !alternatives.includes(name) || name === alternative,
  );
  const names = Object.fromEntries(properties.map((one) => [one.name, labelOf(one)]));
  return (
    <div class="fields">
      {alternatives.length > 0 && alternative && (
        <div class="field">
          <span>{texts.newTask.oneOf}</span>
          <Segments
            legend={texts.newTask.oneOf}
            name={`${path}-alternative`}
            options={alternatives}
            names={names}
            value={alternative}
            onChange={(name) => {
              const rest = chosen(input, alternatives, name);
              onChange({ ...rest, [name]: rest[name] ?? undefined });
            }}
          />
        </div>
      )}
      {shown.map((property) => (
        <FormField
          key={property.name}
          property={property}
          path={`${path}.${property.name}`}
          value={input[property.name]}
          onChange={(value) => {
            const next = withField(input, property.name, value);
            // An alternative stays chosen while it is still empty.
            const kept = property.name === alternative && !(property.name in next);
            onChange(kept ? { ...next, [property.name]: undefined } : next);
          }}
          problems={problems}
        />
      ))}
    </div>
  );
}
