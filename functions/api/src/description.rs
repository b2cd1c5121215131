//! What the API says of itself: its routes, and the inputs of the tasks that it takes.

use domain::kind::About;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// Bodies that name a kind and hold its input.
const SUBMISSIONS: [&str; 2] = ["SubmitBody", "BatchItem"];

/// The description of the routes, completed by the kinds' schemas.
pub(crate) fn describe(routes: &OpenApi, kinds: impl Iterator<Item = About>) -> Value {
    let mut description = json!(routes);
    let schemas = &mut description["components"]["schemas"];
    let mut choices = vec![];
    for kind in kinds {
        let name = component(kind.name);
        choices.push(json!({
            "title": kind.title,
            "description": kind.summary,
            "properties": {"kind": {"const": kind.name}, "input": {"$ref": reference(&name)}},
        }));
        take_apart(schemas, name, kind.input);
    }
    for body in SUBMISSIONS {
        schemas[body]["oneOf"] = choices.clone().into();
    }
    description
}

/// Puts an input's schema among the components, and the schemas inside it beside it.
fn take_apart(schemas: &mut Value, name: String, mut input: Value) {
    refer(&mut input, &name);
    if let Some(whole) = input.as_object_mut() {
        // `OpenAPI` says the dialect once, for the whole document.
        whole.remove("$schema");
        if let Some(Value::Object(inner)) = whole.remove("$defs") {
            for (inner, schema) in inner {
                schemas[format!("{name}.{inner}")] = schema;
            }
        }
    }
    schemas[name] = input;
}

/// Has references lead to where `take_apart` puts things.
fn refer(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(fields) => {
            for (field, value) in fields {
                let inner = value
                    .as_str()
                    .and_then(|text| text.strip_prefix("#/$defs/"));
                match inner {
                    Some(inner) if field == "$ref" => {
                        *value = reference(&format!("{name}.{inner}")).into();
                    }
                    _ => refer(value, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, name)),
        _ => {}
    }
}

/// `count_words` has its input in `CountWordsInput`.
fn component(kind: &str) -> String {
    let words = kind.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    format!("{}Input", words.collect::<String>())
}

fn reference(component: &str) -> String {
    format!("#/components/schemas/{component}")
}

#[cfg(test)]
mod tests {
    use crate::scene::Scene;
    use serde_json::Value;

    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[tokio::test]
    async fn every_reference_leads_somewhere() {
        let description = Scene::new().await.get("/openapi.json").await.body;
        let mut found = vec![];
        references(&description, &mut found);
        assert!(found.contains(&"#/components/schemas/AggregateInput.GroupBy"));
        for reference in found {
            let place = reference.trim_start_matches('#');
            assert!(description.pointer(place).is_some(), "{reference}");
        }
    }

    #[test]
    fn components_are_named_after_kinds() {
        assert_eq!(super::component("count_words"), "CountWordsInput");
        assert_eq!(super::component("export"), "ExportInput");
    }
}
