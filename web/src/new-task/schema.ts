/** A JSON Schema (2020-12) of an input as the fields of a form. Pure. */

import { isObject, object, text } from "../../client/json";

export type Schema = Record<string, unknown>;

export interface Option {
  value: string;
  description: string | null;
}

export type Field =
  | { type: "text"; format: string | null }
  | { type: "number"; step: number | "any"; min: number | null; max: number | null }
  | { type: "flag" }
  | { type: "choice"; options: Option[] }
  /** Any of a few. */
  | { type: "choices"; options: Option[] }
  /** A list of words, or of numbers. */
  | { type: "texts"; numeric: boolean }
  | { type: "group"; form: Form }
  /** A list of groups. */
  | { type: "list"; form: Form }
  /** Whatever a form has no better field for. */
  | { type: "json" };

export interface Property {
  name: string;
  description: string;
  required: boolean;
  /** What the server takes where nothing is given. */
  fallback: unknown;
  field: Field;
}

export interface Form {
  properties: Property[];
  /** Of these, exactly one is to be given. */
  alternatives: string[];
}

/** Deeper schemas are written as JSON. */
const DEEPEST = 4;

/** Null where the input is no object with known fields. */
export function formOf(schema: Schema): Form | null {
  return readForm(schema, schema, 0);
}

function readForm(schema: Schema, root: Schema, depth: number): Form | null {
  const { properties, required } = schema;
  if (!isObject(properties) || depth > DEEPEST) return null;
  const needed = Array.isArray(required) ? required : [];
  return {
    properties: Object.entries(properties).map(([name, value]) =>
      readProperty(name, object(value), root, needed.includes(name), depth),
    ),
    alternatives: alternativesOf(schema),
  };
}

/** `oneOf: [{required: ["a"]}, {required: ["b"]}]`. */
function alternativesOf({ oneOf }: Schema): string[] {
  if (!Array.isArray(oneOf)) return [];
  const names = oneOf.map((one) => object(one).required);
  const single = names.filter((one) => Array.isArray(one) && one.length === 1);
  return single.length === names.length ? single.flat().map(String) : [];
}

function readProperty(
  name: string,
  schema: Schema,
  root: Schema,
  required: boolean,
  depth: number,
): Property {
  const whole = resolve(schema, root);
  return {
    name,
    description: text(schema.description) ?? text(whole.description) ?? "",
    required,
    fallback: schema.default ?? whole.default ?? null,
    field: readField(name, whole, root, depth),
  };
}

/** Follows references, and leaves out "or null": that is to give nothing. */
export function resolve(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let hops = 0; hops < 8; hops++) {
    const next = target(found, root);
    if (next === null) return found;
    const { description, default: fallback } = found;
    found = {
      ...next,
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
    };
  }
  return found;
}

function target(schema: Schema, root: Schema): Schema | null {
  if (typeof schema.$ref === "string") return lookUp(schema.$ref, root);
  for (const word of ["allOf", "anyOf", "oneOf"]) {
    const parts = schema[word];
    if (!Array.isArray(parts)) continue;
    const real = parts.map(object).filter((part) => part.type !== "null");
    if (real.length === 1 && real[0]) return real[0];
  }
  return null;
}

function lookUp(reference: string, root: Schema): Schema {
  return reference
    .replace(/^#\/?/, "")
    .split("/")
    .reduce<Schema>((place, name) => object(name === "" ? place : place[name]), root);
}

function readField(name: string, schema: Schema, root: Schema, depth: number): Field {
  const options = optionsOf(schema);
  if (options) return { type: "choice", options };
  switch (typeOf(schema)) {
    case "string":
      return { type: "text", format: name === "upload_id" ? "upload" : text(schema.format) };
    case "integer":
    case "number":
      return readNumber(schema);
    case "boolean":
      return { type: "flag" };
    case "array":
      return readList(resolve(object(schema.items), root), root, depth);
    default: {
      const form = readForm(schema, root, depth + 1);
      return form ? { type: "group", form } : { type: "json" };
    }
  }
}

function readNumber(schema: Schema): Field {
  const limit = (name: string) => (typeof schema[name] === "number" ? schema[name] : null);
  const step = typeOf(schema) === "integer" ? 1 : "any";
  return { type: "number", step, min: limit("minimum"), max: limit("maximum") };
}

function readList(items: Schema, root: Schema, depth: number): Field {
  const options = optionsOf(items);
  if (options) return { type: "choices", options };
  const type = typeOf(items);
  if (type === "string") return { type: "texts", numeric: false };
  if (type === "integer" || type === "number") return { type: "texts", numeric: true };
  const form = readForm(items, root, depth + 1);
  return form ? { type: "list", form } : { type: "json" };
}

/** `enum`, a constant, or `oneOf` of constants, each with its own words. */
function optionsOf(schema: Schema): Option[] | null {
  if (schema.const !== undefined) {
    return [{ value: String(schema.const), description: text(schema.description) }];
  }
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((one): one is string => typeof one === "string");
    return values.length > 0 ? values.map((value) => ({ value, description: null })) : null;
  }
  if (!Array.isArray(schema.oneOf)) return null;
  const parts = schema.oneOf.map(object).filter((part) => part.type !== "null");
  const options = parts.flatMap((part) => optionsOf(part) ?? []);
  return options.length >= parts.length && options.length > 0 ? options : null;
}

function typeOf({ type, properties }: Schema): string | null {
  const named = Array.isArray(type) ? type.find((one) => one !== "null") : type;
  return text(named) ?? (properties ? "object" : null);
}
