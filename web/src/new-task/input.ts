/** An input as it is put together. Pure: a change makes a new one. */

export type Input = Record<string, unknown>;

/** Without a value the field goes: the server then takes what it takes where nothing is given. */
export function withField(input: Input, name: string, value: unknown): Input {
  const { [name]: _, ...rest } = input;
  return isBlank(value) ? rest : { ...input, [name]: value };
}

/** Only one of the alternatives is kept. */
export function chosen(input: Input, alternatives: readonly string[], name: string): Input {
  const others = alternatives.filter((one) => one !== name);
  return others.reduce((rest, other) => withField(rest, other, undefined), input);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Words between commas. */
export function wordsOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

/** What a `datetime-local` field holds, in the time of this place, as RFC 3339; the other way round below. */
export function fromLocal(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function toLocal(rfc3339: unknown): string {
  const at = new Date(String(rfc3339));
  if (Number.isNaN(at.getTime())) return "";
  const here = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 16);
}

/** The object that a text stands for, or why it is none. */
export function parseInput(text: string): { input: Input } | { error: "badJson" | "notAnObject" } {
  try {
    const value: unknown = JSON.parse(text);
    const isInput = typeof value === "object" && value !== null && !Array.isArray(value);
    return isInput ? { input: value as Input } : { error: "notAnObject" };
  } catch {
    return { error: "badJson" };
  }
}
