//! Whether a value is what a schema of the API's document says, and has nothing more: as much of JSON Schema as the document
//! uses, and a failure on anything else in it.

use serde_json::{Map, Value};

/// What a schema may say of a value without a check of its own here.
const SAYS_NOTHING: [&str; 6] = [
    "description",
    "title",
    "default",
    "example",
    "examples",
    "deprecated",
];

/// The API's document.
pub struct Document(pub Value);

impl Document {
    /// What `path` in the document leads to: `components/schemas/Project`.
    pub fn at(&self, path: &str) -> &Value {
        let pointer = format!("/{}", path.trim_start_matches("#/"));
        let found = self.0.pointer(&pointer);
        found.unwrap_or_else(|| panic!("the document has no {path}"))
    }

    /// What is written there, also if what is written leads elsewhere.
    pub fn resolve<'a>(&'a self, written: &'a Value) -> &'a Value {
        match written["$ref"].as_str() {
            Some(path) => self.resolve(self.at(path)),
            None => written,
        }
    }

    /// Where `value` is not what `schema` says.
    pub fn wrong(&self, value: &Value, schema: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check(value, schema, "it", &mut wrong);
        self.check_keys(value, schema, "it", &mut wrong);
        wrong
    }

    fn check(&self, value: &Value, schema: &Value, at: &str, wrong: &mut Vec<String>) {
        let schema = schema.as_object().expect("a schema is an object");
        for (rule, says) in schema {
            match rule.as_str() {
                "$ref" => {
                    let path = says.as_str().expect("a path");
                    self.check(value, self.at(path), at, wrong);
                }
                "allOf" => {
                    for part in parts(says) {
                        self.check(value, part, at, wrong);
                    }
                }
                "properties" => {
                    for (name, field) in says.as_object().expect("an object") {
                        if let Some(value) = value.get(name) {
                            self.check_inside(value, field, &format!("{at}.{name}"), wrong);
                        }
                    }
                }
                "items" => {
                    for (place, value) in value.as_array().into_iter().flatten().enumerate() {
                        self.check_inside(value, says, &format!("{at}[{place}]"), wrong);
                    }
                }
                "additionalProperties" if says.is_object() => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        self.check(value, says, &format!("{at}.{name}"), wrong);
                    }
                }
                rule if !self.is_held(value, rule, says) => {
                    wrong.push(format!("{at}: {value} is not held to {rule}: {says}"));
                }
                _ => {}
            }
        }
    }

    fn check_inside(&self, value: &Value, schema: &Value, at: &str, wrong: &mut Vec<String>) {
        self.check(value, schema, at, wrong);
        self.check_keys(value, schema, at, wrong);
    }

    /// Whether a value keeps a rule that is about itself.
    fn is_held(&self, value: &Value, rule: &str, says: &Value) -> bool {
        match rule {
            "type" => match says {
                Value::Array(kinds) => kinds.iter().any(|kind| is_of(value, kind)),
                kind => is_of(value, kind),
            },
            "enum" => says.as_array().is_some_and(|all| all.contains(value)),
            "format" => has_format(value, says),
            "minimum" => value.is_null() || value.as_f64() >= says.as_f64(),
            "maximum" => value.is_null() || value.as_f64() <= says.as_f64(),
            "minLength" => length(value).is_none_or(|length| Some(length) >= says.as_u64()),
            "maxLength" => length(value).is_none_or(|length| Some(length) <= says.as_u64()),
            "required" => {
                let mut names = parts(says).map(|name| name.as_str().expect("a name"));
                names.all(|name| value.get(name).is_some())
            }
            "oneOf" | "anyOf" => parts(says).any(|part| self.wrong(value, part).is_empty()),
            // Patterns are for what is sent; the server's own words say whether it accepts them.
            "pattern" | "propertyNames" | "additionalProperties" | "minItems" => true,
            other => {
                assert!(
                    SAYS_NOTHING.contains(&other),
                    "no check is made for {other}"
                );
                true
            }
        }
    }

    /// What is there and is not described.
    fn check_keys(&self, value: &Value, schema: &Value, at: &str, wrong: &mut Vec<String>) {
        let mut known = Map::new();
        if let Some(value) = value.as_object()
            && self.describes(schema, &mut known)
        {
            let strange = value.keys().filter(|name| !known.contains_key(*name));
            wrong.extend(strange.map(|name| format!("{at}.{name} is not described")));
        }
    }

    /// Gathers the keys a schema describes; false where it leaves them open, or to one of several.
    fn describes(&self, schema: &Value, known: &mut Map<String, Value>) -> bool {
        let schema = self.resolve(schema);
        if let Some(all) = schema.get("allOf") {
            return parts(all).all(|part| self.describes(part, known));
        }
        let Some(properties) = schema["properties"].as_object() else {
            return false;
        };
        known.extend(properties.clone());
        true
    }
}

fn parts(says: &Value) -> impl Iterator<Item = &Value> {
    says.as_array().expect("a list").iter()
}

fn length(value: &Value) -> Option<u64> {
    let length = value.as_str()?.chars().count();
    u64::try_from(length).ok()
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str().expect("the name of a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

fn has_format(value: &Value, format: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return true;
    };
    match format.as_str().expect("the name of a format") {
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        other => panic!("no check is made for the format {other}"),
    }
}
