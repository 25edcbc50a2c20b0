//! Examples of what is sent and answered, put together from those of the fields: an example stands where the field does,
//! and is right wherever its type is used.

use serde_json::{Map, Value, json};

use super::{problems::EXAMPLE_ID, shape::operations};
use crate::domain::{
    id::{GateId, ProjectId},
    workflow::{Gate, GateContext, GateStatus, GateType},
};

/// The time in examples.
const TIME: &str = "2026-01-31T09:30:00.000Z";

/// How deep types are followed: further than any of them goes, and to an end if one is ever part of itself.
const DEPTH_MAX: usize = 16;

/// Gives an example to every body that has none.
pub(super) fn fill(document: &mut Value) {
    let schemas = Schemas(document["components"]["schemas"].clone());
    for operation in operations(document) {
        if let Some(request) = operation.get_mut("requestBody") {
            fill_body(request, &schemas);
        }
        let responses = operation["responses"].as_object_mut();
        for response in responses.into_iter().flat_map(|all| all.values_mut()) {
            fill_body(response, &schemas);
        }
    }
}

fn fill_body(body: &mut Value, schemas: &Schemas) {
    let content = body.get_mut("content").and_then(Value::as_object_mut);
    for media in content.into_iter().flat_map(|content| content.values_mut()) {
        if media.get("example").is_none() && media.get("examples").is_none() {
            media["example"] = schemas.example(&media["schema"], DEPTH_MAX);
        }
    }
}

/// The schemas of the document, by name.
struct Schemas(Value);

impl Schemas {
    /// An example of what a schema describes.
    fn example(&self, schema: &Value, depth: usize) -> Value {
        if let Some(example) = schema.get("example").or_else(|| schema.get("const")) {
            return example.clone();
        }
        if let Some(example) = schema["examples"].get(0) {
            return example.clone();
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Value::Null;
        };
        if let Some(name) = schema["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next())
        {
            return self.example(&self.0[name], depth);
        }
        if let Some(value) = schema["enum"].get(0) {
            return value.clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.example(part, depth));
            let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let nothing = choices.iter().any(|choice| choice["type"] == "null");
            return match choices.first() {
                Some(first) if !nothing => self.example(first, depth),
                _ => Value::Null,
            };
        }
        self.plain(schema, depth)
    }

    /// An example of what is no composition. What may be null is null, unless it says otherwise.
    fn plain(&self, schema: &Value, depth: usize) -> Value {
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("object"), _) => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                let is_shown = |name: &str, field: &Value| {
                    let required = schema["required"].as_array();
                    required.is_some_and(|names| names.iter().any(|one| one == name))
                        || field.get("example").is_some()
                };
                let fields = fields.filter(|(name, field)| is_shown(name, field));
                let fields = fields.map(|(name, field)| (name.clone(), self.example(field, depth)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            (Some("array"), _) => json!([self.example(&schema["items"], depth)]),
            (Some("string"), Some("uuid")) => json!(EXAMPLE_ID),
            (Some("string"), Some("date-time")) => json!(TIME),
            (Some("string"), _) => json!("…"),
            (Some("integer"), _) => schema.get("minimum").cloned().unwrap_or(json!(0)),
            (Some("number"), _) => json!(0.5),
            (Some("boolean"), _) => json!(false),
            _ => Value::Null,
        }
    }
}

/// A gate that was decided.
pub(super) fn decided_gate() -> Gate {
    let at = chrono::DateTime::parse_from_rfc3339(TIME).expect("it is a time");
    Gate {
        id: GateId(EXAMPLE_ID),
        project_id: ProjectId(EXAMPLE_ID),
        phase_id: None,
        phase: None,
        execution_id: None,
        gate_type: GateType::Plan,
        question: "Shall this be built?".to_owned(),
        context: GateContext::default(),
        options: Vec::new(),
        status: GateStatus::Approved,
        chosen: None,
        response: None,
        created_at: at.to_utc(),
        responded_at: Some(at.to_utc()),
    }
}
