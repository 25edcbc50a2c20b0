//! The names of commands, as the API's document lists them.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::Command;

/// A command, as tables and existing clients name it.
pub struct CommandType;

/// A command that can be ordered, by either of its names.
pub struct CommandName;

/// A command that a record may have, by either of its names.
pub struct RecordedName;

impl PartialSchema for CommandType {
    fn schema() -> RefOr<Schema> {
        one_of("A command.", Command::RECORDED.map(Command::as_type))
    }
}

impl PartialSchema for CommandName {
    fn schema() -> RefOr<Schema> {
        one_of(
            "A command that can be ordered, by either of its names.",
            both(&Command::ORDERED),
        )
    }
}

impl PartialSchema for RecordedName {
    fn schema() -> RefOr<Schema> {
        one_of(
            "A command, by either of its names.",
            both(&Command::RECORDED),
        )
    }
}

impl ToSchema for CommandType {}
impl ToSchema for CommandName {}
impl ToSchema for RecordedName {}

fn both(commands: &[Command]) -> Vec<&'static str> {
    let names = commands.iter().map(|command| command.as_str());
    names
        .chain(commands.iter().map(|command| command.as_type()))
        .collect()
}

fn one_of(what: &str, names: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .enum_values(Some(names))
        .into()
}
