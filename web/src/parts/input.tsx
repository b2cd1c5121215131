interface Props {
  id?: string;
  name: string;
  type: "text" | "search" | "number" | "datetime-local" | "url";
  value: string;
  /** At every key, or with `late` when it is left. */
  onValue: (value: string) => void;
  late?: boolean;
  required?: boolean;
  placeholder?: string;
  step?: number | "any";
  min?: number;
  max?: number;
  describedBy?: string;
}

/** A line to write on; nothing is corrected or remembered by the browser. */
export function Input({ type, onValue, late, describedBy, ...rest }: Props) {
  const take = (event: { currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value);
  return (
    <input
      {...rest}
      // The types know for each kind of input what it takes: `number` takes all that is used here.
      type={type as "number"}
      autocomplete="off"
      spellcheck={false}
      aria-describedby={describedBy}
      {...(late ? { onChange: take } : { onInput: take })}
    />
  );
}
