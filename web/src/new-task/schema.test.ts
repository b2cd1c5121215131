import { describe, expect, it } from "vitest";
import { type Field, formOf, type Schema } from "./schema";

const fieldOf = (schema: Schema, root: Schema = {}): Field | undefined =>
  formOf({ ...root, properties: { it: schema } })?.properties[0]?.field;

const options = (...values: string[]) => values.map((value) => ({ value, description: null }));

describe("a schema as a form", () => {
  it("has a field for each type", () => {
    expect(fieldOf({ type: "string" })).toEqual({ type: "text", format: null });
    expect(fieldOf({ type: ["string", "null"], format: "date-time" })).toEqual({
      type: "text",
      format: "date-time",
    });
    expect(fieldOf({ type: "integer", minimum: 1, maximum: 10_000 })).toEqual({
      type: "number",
      step: 1,
      min: 1,
      max: 10_000,
    });
    expect(fieldOf({ type: "number" })).toMatchObject({ step: "any", min: null });
    expect(fieldOf({ type: "boolean" })).toEqual({ type: "flag" });
    expect(fieldOf({ enum: ["1h", "24h"] })).toEqual({
      type: "choice",
      options: options("1h", "24h"),
    });
    expect(fieldOf({ type: "array", items: { enum: ["a"] } })).toEqual({
      type: "choices",
      options: options("a"),
    });
    for (const type of ["string", "integer"]) {
      const numeric = type === "integer";
      expect(fieldOf({ type: "array", items: { type } })).toEqual({ type: "texts", numeric });
    }
    expect(fieldOf({ type: ["string", "null"], enum: ["en", null] })).toEqual({
      type: "choice",
      options: options("en"),
    });
    for (const schema of [{}, { type: "object" }, { type: "array", items: {} }]) {
      expect(fieldOf(schema)).toEqual({ type: "json" });
    }
  });

  it("follows references and leaves out null, in every way that it is written", () => {
    const root = { $defs: { Format: { type: "string", enum: ["csv"] } } };
    const reference = { $ref: "#/$defs/Format" };
    for (const schema of [
      reference,
      { allOf: [reference] },
      { anyOf: [reference, { type: "null" }] },
      { oneOf: [{ type: "null" }, reference] },
    ]) {
      expect(fieldOf(schema, root)).toEqual({ type: "choice", options: options("csv") });
    }
  });

  it("takes constants with their words, also beside plain ones", () => {
    const field = fieldOf({
      oneOf: [
        { const: "a", description: "The first" },
        { type: "string", enum: ["b", "c"] },
      ],
    });
    expect(field).toEqual({
      type: "choice",
      options: [{ value: "a", description: "The first" }, ...options("b", "c")],
    });
  });

  it("offers the only one there is", () => {
    const only = { type: "string", const: "previous", description: "The period before" };
    const root = { $defs: { Compare: { oneOf: [only] } } };
    expect(fieldOf({ anyOf: [{ $ref: "#/$defs/Compare" }, { type: "null" }] }, root)).toEqual({
      type: "choice",
      options: [{ value: "previous", description: "The period before" }],
    });
  });

  it("nests groups and lists of groups, and ends somewhere", () => {
    const document = {
      type: "object",
      properties: { id: { type: "string" }, text: { type: "string" } },
      required: ["id"],
    };
    const field = fieldOf({ type: "array", items: document });
    expect(field?.type === "list" && field.form.properties.map((one) => one.required)).toEqual([
      true,
      false,
    ]);
    expect(fieldOf(document)?.type).toBe("group");
    const endless = { properties: { me: { $ref: "#" } } };
    expect(JSON.stringify(formOf(endless)).match(/group/g)).toHaveLength(4);
  });

  it("keeps the words nearest to the field, and what holds without it", () => {
    const root = { $defs: { W: { enum: ["1h"], description: "far", default: "1h" } } };
    const near = { $ref: "#/$defs/W", description: "near" };
    expect(formOf({ ...root, properties: { window: near } })?.properties[0]).toMatchObject({
      description: "near",
      fallback: "1h",
      required: false,
    });
  });

  it("tells of which fields exactly one is given", () => {
    const properties = { a: {}, b: {} };
    const either = [
      { required: ["a"], properties: { a: { not: { type: "null" } } } },
      { required: ["b"] },
    ];
    expect(formOf({ properties, oneOf: either })?.alternatives).toEqual(["a", "b"]);
    expect(formOf({ properties, oneOf: [{ required: ["a", "b"] }] })?.alternatives).toEqual([]);
    expect(formOf({ properties })?.alternatives).toEqual([]);
  });

  it("takes a file where the input names an upload", () => {
    const form = formOf({ properties: { upload_id: { type: ["string", "null"] } } });
    expect(form?.properties[0]?.field).toEqual({ type: "text", format: "upload" });
  });

  it("is none where no fields are known", () => {
    for (const schema of [{}, { type: "object" }, { oneOf: [] }]) expect(formOf(schema)).toBeNull();
  });
});
