// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isWithin } from "./field";
import { FormFields } from "./form-fields";
import type { Input } from "./input";
import { formOf, type Schema } from "./schema";

let place: HTMLElement;
const input = signal<Input>({});

beforeEach(() => {
  place = document.body.appendChild(document.createElement("div"));
  input.value = {};
});

afterEach(() => {
  render(null, place);
  place.remove();
});

function Shown({ schema }: { schema: Schema }) {
  const form = formOf(schema);
  if (!form) return null;
  return (
    <FormFields
      form={form}
      path="input"
      input={input.value}
      onChange={(next) => {
        input.value = next;
      }}
      problems={[{ field: "input.groups[1]", message: "no such group" }]}
    />
  );
}

const show = (schema: Schema) => act(() => render(<Shown schema={schema} />, place));
const find = <T extends HTMLElement>(selector: string) => place.querySelector<T>(selector);

const enter = (selector: string, value: string) =>
  act(() => {
    const field = find<HTMLInputElement>(selector);
    if (field) field.value = value;
    field?.dispatchEvent(new Event("change", { bubbles: true }));
  });
const press = (selector: string) => act(() => find(selector)?.click());
const sent = () => JSON.parse(JSON.stringify(input.value));

const word = { type: "string" };

describe("the fields of a form", () => {
  it("give what they hold in its own type, and nothing when emptied", async () => {
    await show({
      properties: {
        limit: { type: "integer" },
        window: { enum: ["1h", "24h"], default: "24h" },
        escape: { type: "boolean" },
        columns: { type: "array", items: word },
      },
    });
    await enter("[name='input.limit']", "20");
    await enter("[name='input.window']", "1h");
    await enter("[name='input.escape']", "false");
    await enter("[name='input.columns']", "a, b");
    expect(sent()).toEqual({ limit: 20, window: "1h", escape: false, columns: ["a", "b"] });
    await enter("[name='input.limit']", "");
    await enter("[name='input.window']", "");
    expect(sent()).toEqual({ escape: false, columns: ["a", "b"] });
    expect(find("[name='input.window']")?.textContent).toContain("Default: 24h");
  });

  it("offer any of a few in their own order, and say what was at fault", async () => {
    await show({ properties: { groups: { type: "array", items: { enum: ["a", "b"] } } } });
    await press("[value=b]");
    await press("[value=a]");
    expect(sent()).toEqual({ groups: ["a", "b"] });
    await press("[value=a]");
    expect(sent()).toEqual({ groups: ["b"] });
    expect(find(".field-error")?.textContent).toBe("no such group");
  });

  it("add and remove items, and give groups on request", async () => {
    const documents = { type: "array", items: { properties: { id: word } } };
    await show({ properties: { documents, query: { properties: { source: word } } } });
    await press("[aria-label='Add to documents']");
    await press("[aria-label='Add to documents']");
    await enter("[name='input.documents[1].id']", "r-2");
    await press("[aria-label='Remove number 1']");
    await press("[name='input.query']");
    await enter("[name='input.query.source']", "logs");
    expect(sent()).toEqual({ documents: [{ id: "r-2" }], query: { source: "logs" } });
    await press("[name='input.query']");
    expect(sent()).toEqual({ documents: [{ id: "r-2" }] });
  });

  it("take one alternative at a time", async () => {
    const oneOf = [{ required: ["a"] }, { required: ["b"] }];
    await show({ properties: { a: word, b: word, c: word }, oneOf });
    expect(find("[name='input.b']")).toBeNull();
    await enter("[name='input.a']", "x");
    await press("[value=b]");
    expect(find("[name='input.a']")).toBeNull();
    await enter("[name='input.b']", "y");
    expect(sent()).toEqual({ b: "y" });
    await enter("[name='input.b']", "");
    expect(find("[name='input.b']"), "it stays chosen").not.toBeNull();
    expect(sent()).toEqual({});
  });
});

describe("a fault", () => {
  it("belongs to the field it names, or lies in", () => {
    expect(isWithin("input.a", "input.a")).toBe(true);
    expect(isWithin("input.a[0].b", "input.a")).toBe(true);
    expect(isWithin("input.ab", "input.a")).toBe(false);
    expect(isWithin("input", "input.a")).toBe(false);
  });
});
